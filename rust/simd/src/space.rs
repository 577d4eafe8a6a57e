//! Room for one block in the nearest cache.

use std::mem::MaybeUninit;

use crate::lanes::Lanes;
use crate::row::BLOCK;

/// The most lanes that there are in one register.
const LANES: usize = 16;

/// Numbers that are written side by side, and read when they are all there. Nothing is cleared first.
#[repr(C, align(64))]
pub(crate) struct Space<N>([MaybeUninit<N>; BLOCK + LANES]);

impl<N: Copy> Space<N> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; BLOCK + LANES])
    }

    /// Where the numbers behind the first `count` go.
    #[inline(always)]
    pub(crate) fn behind(&mut self, count: usize) -> &mut [MaybeUninit<N>] {
        self.0.get_mut(count..).unwrap_or_default()
    }

    /// The same as the given numbers, of which a block at most is taken.
    #[inline(always)]
    pub(crate) fn copy(&mut self, numbers: &[N]) -> &mut [N] {
        self.0.iter_mut().zip(numbers).for_each(|(place, number)| *place = MaybeUninit::new(*number));
        // SAFETY: the loop above has written as many.
        unsafe { self.written(numbers.len().min(BLOCK)) }
    }

    /// Writes the lanes behind the first `count` numbers and returns how many numbers there are then.
    #[inline(always)]
    pub(crate) fn push<L: Lanes<Number = N>>(&mut self, count: usize, lanes: L) -> usize {
        lanes.store(self.behind(count));
        count + size_of::<L>() / size_of::<N>()
    }

    /// The first `count` numbers.
    ///
    /// # Safety
    ///
    /// They must have been written.
    #[inline(always)]
    pub(crate) unsafe fn written(&mut self, count: usize) -> &mut [N] {
        let numbers = self.0.get_mut(..count).unwrap_or_default();
        // SAFETY: all of them were written, as the caller promises, and MaybeUninit has the layout of what it holds.
        unsafe { std::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), numbers.len()) }
    }
}
