"""Emitted kernels. Do not edit: this file is generated. Regenerate it with: regenerate-kernels"""
