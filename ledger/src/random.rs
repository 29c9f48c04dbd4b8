//! Randomness of the operating system: for what must not be derivable from a customer's key.

use crate::error::Trouble;

/// 64 random bits.
pub(crate) fn bits() -> Result<u64, Trouble> {
    getrandom::u64().map_err(|error| Trouble::Failed(format!("the system gave no random numbers: {error}").into()))
}

/// A random name of 32 hex digits.
pub(crate) fn name() -> Result<Box<str>, Trouble> {
    Ok(format!("{:016x}{:016x}", bits()?, bits()?).into())
}
