//! Pieces of a line shared out among windows that overlap, in one walk over the sorted ends of the windows.

use crate::order::order;

/// A stretch of the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Where it starts.
    pub start: i64,
    /// Where it ends; one that is empty gets nothing.
    pub end: i64,
    /// Its share where several windows overlap, relative to the others. Above zero.
    pub weight: f64,
}

/// What lies between two neighbouring cuts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Piece {
    /// What is shared out.
    pub value: f64,
    /// Length that is covered, at most all of it.
    pub covered: i64,
}

/// What windows get that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// A piece is split in proportion to the weights.
    Split,
    /// All of a piece, each.
    Whole,
}

/// What the windows and the rest got.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shares {
    /// Value of each window.
    pub value: Vec<f64>,
    /// Length in each window that is not covered.
    pub uncovered: Vec<i64>,
    /// Value outside all windows.
    pub outside: f64,
    /// Covered length outside all windows.
    pub outside_covered: i64,
    /// Length inside at least one window.
    pub inside: i64,
    /// Whether two windows overlap.
    pub overlapping: bool,
}

/// Windows in their order, and the cuts at their ends.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// The windows by their starts, cut to the span.
    windows: Vec<Window>,
    /// Place of each of them in the order in which they were given.
    given: Vec<u32>,
    /// The windows by their ends, as indices into the ones by their starts.
    ending: Vec<u32>,
    cuts: Vec<i64>,
}

impl Sweep {
    /// The windows inside a span.
    pub fn new(windows: &[Window], (from, to): (i64, i64)) -> Self {
        let inside = |time: i64| time.clamp(from, to.max(from));
        let starts: Vec<i64> = windows.iter().map(|window| inside(window.start)).collect();
        let given = order(&starts);
        let cut = |index: &u32| {
            let window = windows.get(*index as usize)?;
            Some(Window { start: inside(window.start), end: inside(window.end), ..*window })
        };
        let windows: Vec<Window> = given.iter().filter_map(cut).collect();
        let ends: Vec<i64> = windows.iter().map(|window| window.end).collect();
        let ending = order(&ends);
        let mut cuts = Vec::with_capacity(2 * windows.len() + 2);
        cuts.push(from);
        let mut ends = ending.iter().filter_map(|index| ends.get(*index as usize).copied()).peekable();
        let mut add = |cut: i64| {
            if cuts.last().is_some_and(|last| *last < cut) {
                cuts.push(cut);
            }
        };
        for window in &windows {
            while let Some(end) = ends.next_if(|end| *end < window.start) {
                add(end);
            }
            add(window.start);
        }
        ends.for_each(&mut add);
        add(to);
        Self { windows, given, ending, cuts }
    }

    /// Where something starts or ends, the span with it; rising, each once.
    pub fn cuts(&self) -> &[i64] {
        &self.cuts
    }

    /// What each window gets of the pieces between the cuts.
    ///
    /// Between two cuts the set of windows is constant. A lone window gets the piece itself, several get it through
    /// G = Σ piece / W with W the sum of their weights: w (G at the end - G at the start). G and W carry the rounding of
    /// their sums along.
    pub fn share(&self, pieces: &[Piece], sharing: Sharing) -> Shares {
        let count = self.windows.len();
        let mut shares = Shares { value: vec![0.0; count], uncovered: vec![0; count], ..Shares::default() };
        let mut found: Vec<Taken> = vec![Taken::default(); count];
        let mut active = Active::default();
        let mut outside = Pair::default();
        let weight = |window: &Window| if sharing == Sharing::Whole { 1.0 } else { window.weight };
        let mut starting = (0..count).zip(&self.windows).peekable();
        let mut ending = self.ending.iter().map(|index| *index as usize).peekable();
        let ends_by = |index: usize, cut: i64| self.windows.get(index).is_some_and(|window| window.end <= cut);
        let lengths = self.cuts.iter().zip(self.cuts.iter().skip(1)).map(|(from, to)| to - from);
        let pieces = pieces.iter().zip(lengths).map(Some).chain([None]);
        for (piece, cut) in pieces.zip(&self.cuts) {
            while let Some(index) = ending.next_if(|index| ends_by(*index, *cut)) {
                if let (Some(window), Some(taken)) = (self.windows.get(index), found.get_mut(index)) {
                    active.leave(index, weight(window), taken);
                }
            }
            while let Some((index, window)) = starting.next_if(|(_, window)| window.start <= *cut) {
                // what is over as it starts is never active
                if let Some(taken) = found.get_mut(index).filter(|_| window.end > *cut) {
                    active.enter(index, weight(window), taken);
                }
            }
            let Some((piece, length)) = piece else { break };
            if active.count == 0 {
                outside.add(piece.value);
                shares.outside_covered += piece.covered;
                continue;
            }
            shares.inside += length;
            active.uncovered += length - piece.covered;
            shares.overlapping |= active.count > 1;
            match sharing {
                Sharing::Whole => active.per_weight.add(piece.value),
                Sharing::Split if active.count > 1 => active.per_weight.add(piece.value / active.weight.value()),
                Sharing::Split => {
                    if let Some(taken) = found.get_mut(active.sum_of_indices) {
                        taken.value += piece.value;
                    }
                }
            }
        }
        shares.outside = outside.value();
        for (taken, given) in found.iter().zip(&self.given) {
            let at = *given as usize;
            if let (Some(value), Some(uncovered)) = (shares.value.get_mut(at), shares.uncovered.get_mut(at)) {
                (*value, *uncovered) = (taken.value, taken.uncovered);
            }
        }
        shares
    }
}

/// A number of twice the digits: what is added stays while the sum grows large.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    high: f64,
    low: f64,
}

impl Pair {
    fn add(&mut self, term: f64) {
        let sum = self.high + term;
        let part = sum - self.high;
        self.low += (self.high - (sum - part)) + (term - part);
        self.high = sum;
    }

    fn value(self) -> f64 {
        self.high + self.low
    }

    fn less(self, other: Self) -> f64 {
        (self.high - other.high) + (self.low - other.low)
    }
}

/// What a window has so far; while it is active, what G and the uncovered length were as it began.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    value: f64,
    uncovered: i64,
    per_weight: Pair,
    is_active: bool,
}

/// The windows over an instant.
#[derive(Default)]
struct Active {
    count: usize,
    /// The index itself while one window is active.
    sum_of_indices: usize,
    weight: Pair,
    per_weight: Pair,
    uncovered: i64,
}

impl Active {
    fn enter(&mut self, index: usize, weight: f64, taken: &mut Taken) {
        *taken = Taken { value: 0.0, uncovered: self.uncovered, per_weight: self.per_weight, is_active: true };
        self.count += 1;
        self.sum_of_indices += index;
        self.weight.add(weight);
    }

    fn leave(&mut self, index: usize, weight: f64, taken: &mut Taken) {
        if !taken.is_active {
            return;
        }
        taken.value += weight * self.per_weight.less(taken.per_weight);
        taken.uncovered = self.uncovered - taken.uncovered;
        taken.is_active = false;
        self.count -= 1;
        self.sum_of_indices -= index;
        self.weight.add(-weight);
        if self.count == 0 {
            // the rounding of W and of G is forgotten whenever nothing is active
            (self.weight, self.per_weight) = (Pair::default(), Pair::default());
        }
    }
}
