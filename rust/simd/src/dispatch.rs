//! The choice of the instructions, when the program runs.

#[cfg(target_arch = "x86_64")]
use crate::avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use crate::avx512::Avx512;
use crate::block::{self, Element};
use crate::portable::Portable;
use crate::row::{RowSums, Softmax};

/// A set of vector instructions that this machine has.
#[derive(Clone, Copy)]
pub struct InstructionSet(pub(crate) Set);

#[derive(Clone, Copy)]
pub(crate) enum Set {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    Portable,
}

impl InstructionSet {
    /// Those that this machine has, the best first.
    pub fn available() -> impl Iterator<Item = Self> {
        let sets = [
            #[cfg(target_arch = "x86_64")]
            Avx512::detect().map(Set::Avx512),
            #[cfg(target_arch = "x86_64")]
            Avx2::detect().map(Set::Avx2),
            Some(Set::Portable),
        ];
        sets.into_iter().flatten().map(Self)
    }

    /// The best that this machine has.
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self(Set::Portable))
    }

    /// Its name; what is taken without asking the machine is called by what it is on this target.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512(_) => "avx512",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2(_) => "avx2",
            Set::Portable if cfg!(target_arch = "aarch64") => "neon",
            Set::Portable => "portable",
        }
    }
}

impl std::fmt::Debug for InstructionSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Takes a block into the sums of its row with the instructions that were chosen.
pub(crate) fn absorb<T: Element>(numbers: &[T], sums: &mut RowSums, softmax: &Softmax) -> Result<(), usize> {
    match softmax.instructions.0 {
        // SAFETY: the value in the variant exists only after its detection has found the instructions.
        #[cfg(target_arch = "x86_64")]
        Set::Avx512(machine) => unsafe { with_avx512(machine, numbers, sums, softmax) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Set::Avx2(machine) => unsafe { with_avx2(machine, numbers, sums, softmax) },
        Set::Portable => block::absorb(Portable, numbers, sums, softmax),
    }
}

/// The kernel as the compiler makes it with AVX-512.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx2,fma,f16c")]
fn with_avx512<T: Element>(machine: Avx512, numbers: &[T], sums: &mut RowSums, softmax: &Softmax) -> Result<(), usize> {
    block::absorb(machine, numbers, sums, softmax)
}

/// The kernel as the compiler makes it with AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c")]
fn with_avx2<T: Element>(machine: Avx2, numbers: &[T], sums: &mut RowSums, softmax: &Softmax) -> Result<(), usize> {
    block::absorb(machine, numbers, sums, softmax)
}
