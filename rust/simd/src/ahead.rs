//! What is asked of the memory before it is needed.

/// Bytes that are asked for ahead: the processor by itself runs too few numbers ahead to have the memory at work all the
/// time. A half and four times of it took longer.
const AHEAD: usize = 2048;

/// Asks for what lies behind the start of some numbers, which may be beyond their end.
#[inline(always)]
pub(crate) fn ask_ahead<T>(numbers: &[T]) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which every processor of the target takes, which reads nothing and fails for no address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(numbers.as_ptr().cast::<i8>().wrapping_add(AHEAD));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (numbers, AHEAD);
}
