//! Which kernels a process runs: the fastest of the machine, or those that its environment names.
//!
//! All give the same bits; that they do is what naming them is for.

use std::sync::OnceLock;

use super::Kernels;

/// The variable of the environment that names kernels: `portable` or `avx2`. Without it, the fastest.
pub const VARIABLE: &str = "OPPORTUNE_SIMD";

/// Why the kernels that were named are not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KernelsError {
    /// No kernels have this name.
    #[error("`{VARIABLE}` is `{0}`, which names no kernels; there are `portable` and `avx2`")]
    Unknown(String),
    /// This machine cannot run them.
    #[error("`{VARIABLE}` is `{0}`, which this machine cannot run; `portable` runs everywhere")]
    Unavailable(&'static str),
}

impl Kernels {
    /// The kernels of this process.
    ///
    /// # Errors
    /// When the environment names kernels that are unknown or that this machine cannot run.
    pub fn chosen() -> Result<&'static Self, KernelsError> {
        static CHOSEN: OnceLock<Result<&'static Kernels, KernelsError>> = OnceLock::new();
        let named = || std::env::var_os(VARIABLE).map(|name| name.to_string_lossy().into_owned());
        CHOSEN.get_or_init(|| Self::named(named().as_deref())).clone()
    }

    /// The kernels of this process: the fastest that this machine runs, unless the environment names others that it
    /// runs too.
    pub fn best() -> &'static Self {
        static BEST: OnceLock<&'static Kernels> = OnceLock::new();
        BEST.get_or_init(|| Self::chosen().unwrap_or(Self::portable()))
    }

    /// The kernels of a name; without one, the fastest.
    pub(super) fn named(name: Option<&str>) -> Result<&'static Self, KernelsError> {
        match name {
            None | Some("") => Ok(avx2().unwrap_or(Self::portable())),
            Some("portable") => Ok(Self::portable()),
            Some("avx2") => avx2().ok_or(KernelsError::Unavailable("avx2")),
            Some(other) => Err(KernelsError::Unknown(other.to_owned())),
        }
    }

    /// Whether loops beside the kernels use the machine's vectors too.
    pub(super) fn uses_vectors() -> bool {
        Self::best().name != Self::portable().name
    }
}

fn avx2() -> Option<&'static Kernels> {
    #[cfg(target_arch = "x86_64")]
    return super::x86_64::avx2();
    #[cfg(not(target_arch = "x86_64"))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_found_by_name() {
        let name = |name| Kernels::named(name).map(|kernels| kernels.name);
        assert_eq!(name(Some("portable")), Ok("portable"));
        let fastest = if avx2().is_some() { Ok("avx2") } else { Ok("portable") };
        assert_eq!(name(None), fastest);
        assert_eq!(name(Some("")), fastest);
        if avx2().is_some() {
            assert_eq!(name(Some("avx2")), Ok("avx2"));
        } else {
            assert_eq!(name(Some("avx2")), Err(KernelsError::Unavailable("avx2")));
        }
        assert_eq!(name(Some("AVX2")), Err(KernelsError::Unknown("AVX2".to_owned())));
    }

    #[test]
    fn an_unknown_name_is_told_with_those_there_are() {
        let told = Kernels::named(Some("mmx")).unwrap_err().to_string();
        assert_eq!(told, "`OPPORTUNE_SIMD` is `mmx`, which names no kernels; there are `portable` and `avx2`");
    }
}
