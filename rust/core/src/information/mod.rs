//! Bits per token.
