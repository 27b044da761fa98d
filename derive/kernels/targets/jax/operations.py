"""What JAX calls the operations of a plan."""

from __future__ import annotations

from derive.kernels.tensor_api.printer import Library

LIBRARY = Library(
    name="JAX",
    prefix="jnp.",
    finfo="jnp.finfo",
    reserved=frozenset({"jax", "jnp"}),
    functions={"sigmoid": "jax.lax.logistic", "erf": "jax.lax.erf", "erf_slope": "_erf_slope"},
    python={
        "array": "jax.Array",
        "argsort": "_argsort(%s)",
        "transpose": "transpose",
        "shape": "%s.shape",
        "numbers": "numbers.Real",
    },
    summary=(
        "as functions of JAX arrays, under jit and vmap, in two forms. One has custom_vjp rules, for grad and grad of "
        "grad: the backward pass, and the backward pass of that one. The other, with forward_mode in its name, has a "
        "custom_jvp rule, for jvp, jacfwd, hessian and all that mixes them with grad. JAX takes higher derivatives of "
        "these. Half precision is computed in float32 and rounded once."
    ),
    modes=("_forward_mode",),
    contracts=True,
)
