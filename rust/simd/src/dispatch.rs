//! The choice of the instructions, when the program runs.

#[cfg(target_arch = "x86_64")]
use crate::avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use crate::avx512::Avx512;
use crate::block::{self, Element};
use crate::lanes::Machine;
use crate::pair::{self, LogSoftmax};
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

/// What is computed with one set of instructions or another.
trait Task<R> {
    fn with<M: Machine>(self, machine: M) -> R;
}

struct Absorb<'a, T>(&'a [T], &'a mut RowSums, &'a Softmax);

impl<T: Element> Task<Result<(), usize>> for Absorb<'_, T> {
    #[inline(always)]
    fn with<M: Machine>(self, machine: M) -> Result<(), usize> {
        block::absorb(machine, self.0, self.1, self.2)
    }
}

struct Diverge<'a>(&'a [f64], &'a [f64], [LogSoftmax; 2]);

impl Task<[f64; 2]> for Diverge<'_> {
    #[inline(always)]
    fn with<M: Machine>(self, machine: M) -> [f64; 2] {
        pair::divergences(machine, self.0, self.1, self.2)
    }
}

/// Takes a block into the sums of its row with the instructions that were chosen.
pub(crate) fn absorb<T: Element>(numbers: &[T], sums: &mut RowSums, softmax: &Softmax) -> Result<(), usize> {
    run(softmax.instructions, Absorb(numbers, sums, softmax))
}

/// Sums over parts of two rows of equal length, ln p and ln q as the two distributions say:
/// of p ln(p/q) - p + q, and of p/2 ln(2p/(p+q)) + q/2 ln(2q/(p+q)). [nat]
///
/// No term is negative; the first is infinite where q excludes a token that p allows. Relative error of a term about
/// 4e-16/|ln(p/q)|, and below 1e-15 where the two differ.
pub fn divergences(p: &[f64], q: &[f64], of: [LogSoftmax; 2], softmax: &Softmax) -> [f64; 2] {
    run(softmax.instructions, Diverge(p, q, of))
}

fn run<R>(instructions: InstructionSet, task: impl Task<R>) -> R {
    match instructions.0 {
        // SAFETY: the value in the variant exists only after its detection has found the instructions.
        #[cfg(target_arch = "x86_64")]
        Set::Avx512(machine) => unsafe { with_avx512(machine, task) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Set::Avx2(machine) => unsafe { with_avx2(machine, task) },
        Set::Portable => task.with(Portable),
    }
}

/// The task as the compiler makes it with AVX-512.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx2,fma,f16c,popcnt")]
fn with_avx512<R>(machine: Avx512, task: impl Task<R>) -> R {
    task.with(machine)
}

/// The task as the compiler makes it with AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c,popcnt")]
fn with_avx2<R>(machine: Avx2, task: impl Task<R>) -> R {
    task.with(machine)
}
