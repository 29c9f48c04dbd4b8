//! Values on their way into the nearest cache before they are read.
#![allow(unsafe_code, reason = "a hint to the processor")]

/// Asks for values that will be read soon; changes nothing.
pub fn prefetch<T>(values: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in values.chunks((LINE / size_of::<T>().max(1)).max(1)) {
        // SAFETY: part of every x86-64, and reads nothing: it may be given any address.
        unsafe { std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(line.as_ptr().cast()) };
    }
}

/// How many bytes come at once.
#[cfg(target_arch = "x86_64")]
const LINE: usize = 64;
