//! What a reader has to say about a file: codes, where they were seen, and the refusal that ends a reading.

use std::collections::BTreeMap;
use std::fmt;

/// How much a diagnostic weighs. The first letter of a code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// `I_`: worth knowing, nothing is wrong.
    Info,
    /// `W_`: a value is given and the reader must know this about it.
    Warning,
    /// `E_`: no value is given.
    Error,
}

impl Severity {
    /// The word for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $meaning:literal;)+) => {
        /// A stable name for one thing that can be said about an input or a result.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $meaning] $variant),+ }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, as it stands in tables, JSON and messages.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// One sentence that says what it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
        }
    };
}

codes! {
    Midnight "I_MIDNIGHT" "A time of day passed midnight; the day was advanced.";
    Wrap "I_WRAP" "A counter passed its range once and was unwrapped.";
    GainUnknown "I_GAIN_UNKNOWN" "The gain of the meter is not known; the uncertainty leaves it out.";
    InBlocks "I_IN_BLOCKS" "The log was read in blocks: the uncertainty leaves out what only all readings together tell.";
    NaSample "W_NA_SAMPLE" "A sample has no reading; it is left out, never read as zero.";
    NaDevice "W_NA_DEVICE" "A device never gave a reading; it has no value.";
    UnitFromCell "W_UNIT_FROM_CELL" "A cell names another unit than its header; the cell was believed.";
    UnitChange "W_UNIT_CHANGE" "The unit changes inside the file; each row was read with its own.";
    NulTail "W_NUL_TAIL" "NUL bytes follow the last line; they were cut off.";
    PartialLastLine "W_PARTIAL_LAST_LINE" "The last line has no line end and may be cut; it was left out.";
    LastLineKept "W_LAST_LINE_KEPT" "The last line has no line end and all its fields; it was kept, and its last field may be cut.";
    HeaderRepeat "W_HEADER_REPEAT" "The header is repeated; several recordings were appended.";
    DupTimestamp "W_DUP_TIMESTAMP" "Two samples of one device carry the same time.";
    OutOfOrder "W_OUT_OF_ORDER" "Rows are not in time order; they were sorted per device.";
    ClockStep "W_CLOCK_STEP" "The clock stepped back; the trace is split there.";
    ClockSet "W_CLOCK_SET" "The wall clock was set during the recording; times go on from its start.";
    NoEnd "W_NO_END" "The recording does not say how the command ended; the recorder was stopped before it.";
    DstFold "W_DST_FOLD" "The hour of a clock change occurs twice; the zone told which one.";
    Gap "W_GAP" "Time without samples; it is not integrated.";
    DeviceMissing "W_DEVICE_MISSING" "A device or rail has no samples for part of the trace.";
    CoarseTime "W_COARSE_TIME" "Several samples share one stamp of coarse resolution.";
    DecimalComma "W_DECIMAL_COMMA" "Decimal commas were read as such.";
    NegativePower "W_NEGATIVE_POWER" "Negative power readings.";
    Sentinel "W_SENTINEL" "A reading is the sentinel of its type; it is missing.";
    Nonfinite "W_NONFINITE" "A reading is not finite; it is missing.";
    LeapSecond "W_LEAP_SECOND" "A leap second adds one elapsed second.";
    SkippedLine "W_SKIPPED_LINE" "A line that is not a record was passed over.";
    Encoding "W_ENCODING" "Bytes that are not UTF-8 were replaced by U+FFFD.";
    SignConvention "W_SIGN_CONVENTION" "The sign convention is not declared; the sign was kept.";
    ZeroSamples "W_ZERO_SAMPLES" "Zero readings on a device that is not at zero.";
    ManyDevices "W_MANY_DEVICES" "More than 1 024 devices.";
    TotalIsSum "W_TOTAL_IS_SUM" "The board has no total rail; the total is the sum of the named rails.";
    TotalUnknown "W_TOTAL_UNKNOWN" "How the rails of this board nest is not settled; no total is given.";
    BadRead "W_BAD_READ" "A failed sensor read; the sample is left out.";
    CounterReset "W_COUNTER_RESET" "A counter started again; the interval is a gap.";
    CounterNonmonotonic "W_COUNTER_NONMONOTONIC" "A counter stepped back by less than a joule; the sample is left out.";
    CounterRange "W_COUNTER_RANGE" "A counter fell and its range is not known; the interval is a gap.";
    MirroredCounter "W_MIRRORED_COUNTER" "Two readers show one counter; it counts once.";
    DupSeries "W_DUP_SERIES" "Two series show one sensor; it counts once.";
    PueInside "W_PUE_INSIDE" "The logged energy already holds a PUE; it is that of the site.";
    ZeroDevice "W_ZERO_DEVICE" "A component is zero in every row; it was not measured.";
    Modelled "W_MODELLED" "The figure is a model or a constant of the writer, and no measurement.";
    PartialLastBlock "W_PARTIAL_LAST_BLOCK" "The last block of the log is cut; it was left out.";
    DeviceOrder "W_DEVICE_ORDER" "Rows without a device column were given to devices by their order.";
    LoggedAverage "W_LOGGED_AVERAGE" "The running mean that the log prints is not that of its samples; it may be cut or glued.";
    Implausible "W_IMPLAUSIBLE" "The value is far outside what such a device can draw.";
    AboveRating "W_ABOVE_RATING" "A reading is more than twice what its device is rated for.";
    ComponentAboveWall "W_COMPONENT_ABOVE_WALL" "A component draws more than the meter that holds it.";
    CounterDiffers "W_COUNTER_DIFFERS" "The energy counter of a device and its polled power differ by more than a tenth.";
    FrozenSensor "W_FROZEN_SENSOR" "A sensor shows one value for many readings, and moves otherwise.";
    MirroredSeries "W_MIRRORED_SERIES" "Two devices show the same readings; the sum holds both.";
    DeviceCount "W_DEVICE_COUNT" "The log has another number of devices than was expected.";
    NestedSum "W_NESTED_SUM" "One of the summed channels is the sum of the others.";
    Throttled "W_THROTTLED" "A device lowered its clocks during the window.";
    TruncatedWindow "W_TRUNCATED_WINDOW" "A tenth or more of the records are in flight where the power log begins or ends.";
    WarmUp "W_WARM_UP" "The beginning of the run is not like the rest of it; warm-up may be mixed in.";
    NegativeNet "W_NEGATIVE_NET" "The energy above idle is negative.";
    TruncatedTail "W_TRUNCATED_TAIL" "Only the top of the distribution is known; the value is an interval.";
    ImplausibleStamp "W_IMPLAUSIBLE_STAMP" "A time stamp lies far from all others of the log; the record is left out.";
    OutsideTrace "W_OUTSIDE_TRACE" "A record is not inside the power log; it is left out.";
    NegativeDuration "W_NEGATIVE_DURATION" "A record states a negative time or energy, tokens in no time, or a first token outside it; it is left out.";
    DuplicateId "W_DUPLICATE_ID" "Two records carry one id.";
    MissingTokens "W_MISSING_TOKENS" "A record has no token count; it is left out.";
    TokensWithPrompt "W_TOKENS_INCLUDE_PROMPT" "The logged total includes the prompt; the prompt was subtracted.";
    RateNotCount "W_RATE_NOT_COUNT" "The log states a rate and no count; the count is the rate times the window.";
    NoRecords "W_NO_RECORDS" "The log is of its format and holds no record of tokens.";
    FailedRequest "W_FAILED_REQUEST" "A request failed and generated nothing; it is left out.";
    OverlappingPhases "W_OVERLAPPING_PHASES" "A phase starts before the one before it ended; it is left out.";
    CacheUnknown "W_CACHE_UNKNOWN" "The log does not say how many prompt tokens came from a cache.";
    CountOrigin "W_COUNT_ORIGIN" "The log does not say whether the server counted the tokens or a client did, from the text.";
    LoggedDiffers "W_LOGGED_DIFFERS" "Two figures of the log that say the same thing differ.";
    UnitUnstated "W_UNIT_UNSTATED" "A column's unit is stated neither by the file nor by its writer; the column was not read.";
    NoYear "W_NO_YEAR" "The stamps have no year; times count from the first of them.";
    OffsetEstimated "W_OFFSET_ESTIMATED" "The offset between two clocks was estimated from the logs.";
    NonPositive "W_NONPOSITIVE" "Samples at or below zero, which the official mean leaves out.";
    ChannelSum "W_CHANNEL_SUM" "The channels of a meter do not add up to its total.";
    MeanDiffers "W_MEAN_DIFFERS" "The mean of the samples differs from the mean over time.";
    ShorterThanRanging "W_SHORTER_THAN_RANGING" "The measured run is shorter than the ranging run.";
    MeterMessage "W_METER_MESSAGE" "The daemon of the meter logged a warning or an error.";
    NotChecked "W_NOT_CHECKED" "A check was not made, because a file it needs is not there.";
    IntervalStamp "W_INTERVAL_STAMP" "Whether a stamp is that of the start or the end of an interval is not documented; it was read as the start.";
    FormatUnchecked "W_FORMAT_UNCHECKED" "The layout of the format was not checked against its writer; it was read because it was named.";
    NotInference "I_NOT_INFERENCE" "A phase that generates no tokens; it is not counted as inference.";
    EdgeUnresolved "W_WINDOW_EDGE" "The window reaches past the samples; the edge is not covered.";
    DieTemperature "W_DIE_TEMPERATURE" "The temperature is rather that of a die than that of the coldest free bath.";
    Empty "E_EMPTY" "The file is empty.";
    NoHeader "E_NO_HEADER" "No header line was found.";
    NoData "E_NO_DATA" "There are no records.";
    NoPower "E_NO_POWER" "There is no power or energy reading.";
    NoTime "E_NO_TIME" "There is no time column, and no interval was given.";
    Compressed "E_COMPRESSED" "The bytes are compressed; decompression was not asked for.";
    Binary "E_BINARY" "A binary byte inside the text.";
    BadNumber "E_BAD_NUMBER" "A cell looks like a number and breaks the number grammar.";
    TimeParse "E_TIME_PARSE" "A time stamp cannot be read without guessing.";
    TimeUnit "E_TIME_UNIT" "A numeric time without a unit.";
    TimeMixed "E_TIME_MIXED" "Stamps with and without a zone are mixed.";
    TimeZone "E_TIME_ZONE" "A local clock without a zone meets another clock; tz must say how.";
    TooFewSamples "E_TOO_FEW_SAMPLES" "Fewer than two samples; energy is not defined.";
    ZeroDuration "E_ZERO_DURATION" "All samples carry the same time; energy is not defined.";
    UnclosedQuote "E_UNCLOSED_QUOTE" "A quoted field is not closed.";
    UnitUnknown "E_UNIT_UNKNOWN" "A column has no unit, or an unknown one.";
    DupColumn "E_DUP_COLUMN" "Two columns have the same name.";
    LineTooLong "E_LINE_TOO_LONG" "A line is longer than the limit.";
    LimitColumns "E_LIMIT_COLUMNS" "More columns than the limit.";
    LimitDevices "E_LIMIT_DEVICES" "More devices than the limit.";
    LimitExpansion "E_LIMIT_EXPANSION" "The decompressed size or ratio is over the limit.";
    FieldCount "E_FIELD_COUNT" "A row has another number of fields than the header.";
    Range "E_RANGE" "A value or a result is outside the range of the type or of the definition.";
    ErrorCounterRange "E_COUNTER_RANGE" "A counter value is outside its range.";
    StaleSensor "E_STALE_SENSOR" "A counter shows one value in all of its reads.";
    CounterAmbiguous "E_COUNTER_AMBIGUOUS" "The number of counter wraps between two reads cannot be known.";
    UnknownFormat "E_UNKNOWN_FORMAT" "No reader knows this format.";
    UnknownDevice "E_UNKNOWN_DEVICE" "The named device or channel is not in the trace.";
    AmbiguousDevices "E_AMBIGUOUS_DEVICES" "Rows of several devices without a device column.";
    DupDevice "E_DUP_DEVICE" "Two recordings name one device; which of them counts is not known.";
    UnknownColumn "E_UNKNOWN_COLUMN" "A named column is not in the file.";
    Window "E_WINDOW" "The window is empty, reversed or not in the clock of the trace.";
    NoOverlap "E_NO_OVERLAP" "The token log and the power log do not overlap.";
    MissingField "E_MISSING_FIELD" "The question needs a field that the log does not have.";
    CountAmbiguous "E_COUNT_AMBIGUOUS" "The log counts its tokens in two ways that differ; the caller must say which counts.";
    OffsetUnknown "E_OFFSET_UNKNOWN" "The logs do not single out an offset between their clocks.";
    Uncertainty "E_UNCERTAINTY" "The uncertainty of the meter was over its limit, or was not watched, during the run.";
    BelowRanging "E_BELOW_RANGING" "The measured power is more than 5 % below that of the ranging run.";
    OutsidePhase "E_OUTSIDE_PHASE" "The measured window is not inside the phase of the session in which it was run.";
    ClockSkew "E_CLOCK_SKEW" "The clocks of client and server differ by more than their limit.";
    Scenario "E_SCENARIO" "No rule says what the metric of the run is, by its scenario.";
    SeveralRuns "E_SEVERAL_RUNS" "The power log holds more than one run.";
    NoTokens "E_NO_TOKENS" "There are no generated tokens to divide by.";
    Json "E_JSON" "The text is not valid JSON.";
    JsonDepth "E_JSON_DEPTH" "JSON nested deeper than the limit.";
    JsonDupKey "E_JSON_DUP_KEY" "A JSON object has one key twice.";
    JsonTrailing "E_JSON_TRAILING" "Text follows the JSON document.";
    XmlEntity "E_XML_ENTITY" "An XML document that declares entities; they are never expanded.";
    Xml "E_XML" "The text is not a valid property list.";
    Magic "E_MAGIC" "The file does not start as its format must.";
    HeaderLen "E_HEADER_LEN" "The header length is over the limit or past the end.";
    Pickle "E_PICKLE" "The file holds pickled objects; they are never loaded.";
    Corrupt "E_CORRUPT" "The compressed data are damaged.";
    Truncated "E_TRUNCATED" "The file ends before its data.";
    Trailing "E_TRAILING" "Bytes follow the data.";
    Dtype "E_DTYPE" "The element type is not one of real numbers.";
    Shape "E_SHAPE" "The shape is not valid or does not fit.";
    NonfiniteLogit "E_NONFINITE" "A logit is NaN or +inf, or a whole row is -inf.";
    Offsets "E_OFFSETS" "Data offsets are reversed, overlapping or leave holes.";
    ErrorEncoding "E_ENCODING" "The text is not UTF-8 where it must be.";
    UnsafeName "E_UNSAFE_NAME" "An archive member has an unsafe name.";
    DupMember "E_DUP_MEMBER" "An archive holds one member twice.";
    LimitSize "E_LIMIT_SIZE" "The input is larger than the limit of its format.";
    Interrupted "E_INTERRUPTED" "The work was stopped before its end.";
    Header "E_HEADER" "The header is not written as its format says.";
    Infeasible "E_INFEASIBLE" "No distribution has these probabilities.";
}

impl Code {
    /// The weight of the code, which its first letter states.
    pub fn severity(self) -> Severity {
        match self.name().as_bytes().first() {
            Some(b'I') => Severity::Info,
            Some(b'W') => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where something was first seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Place {
    /// The file as a whole (binary or compressed input); prints as `0`.
    #[default]
    File,
    /// A line, counted from 1.
    Line(u64),
    /// A path inside a JSON document, as in `data.result[0].values[2]`.
    Path(String),
    /// A row of an array, and a column if one is meant, counted from 0.
    Row {
        /// The row.
        row: usize,
        /// The column.
        column: Option<usize>,
    },
}

impl Place {
    /// The line number, where the place is a line.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::Line(line) => Some(*line),
            _ => None,
        }
    }
}

impl Place {
    /// The place as it follows a path, nothing where the file as a whole is meant.
    fn after_path(&self) -> String {
        if *self == Self::File { String::new() } else { format!(":{self}") }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("0"),
            Self::Line(line) => write!(f, "{line}"),
            Self::Path(path) => f.write_str(path),
            Self::Row { row, column: None } => write!(f, "row {row}"),
            Self::Row { row, column: Some(column) } => write!(f, "row {row} col {column}"),
        }
    }
}

/// One remark about an input or a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is said.
    pub code: Code,
    /// Where it was first seen.
    pub place: Place,
    /// The channel, device or record it is about.
    pub channel: Option<String>,
    /// One sentence with the particulars.
    pub message: String,
}

/// The remarks about one input, in the order they were made.
///
/// Of one code about one channel the first [`Diagnostics::KEPT`] are kept and the rest counted, so that a log with a
/// million missing samples stays readable and small.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    seen: BTreeMap<(Code, Option<String>), u64>,
}

impl Diagnostics {
    /// How many remarks of one code about one channel are kept.
    pub const KEPT: u64 = 64;

    /// Adds a remark.
    pub fn push(&mut self, code: Code, place: Place, channel: Option<&str>, message: impl Into<String>) {
        let seen = self.seen.entry((code, channel.map(str::to_owned))).or_insert(0);
        *seen += 1;
        if *seen <= Self::KEPT {
            self.kept.push(Diagnostic { code, place, channel: channel.map(str::to_owned), message: message.into() });
        }
    }

    /// Adds the remarks of another input.
    pub fn extend(&mut self, other: &Diagnostics) {
        for remark in &other.kept {
            self.push(remark.code, remark.place.clone(), remark.channel.as_deref(), remark.message.clone());
        }
        for ((code, channel), count) in &other.seen {
            if *count > Self::KEPT
                && let Some(seen) = self.seen.get_mut(&(*code, channel.clone()))
            {
                *seen += count - Self::KEPT;
            }
        }
    }

    /// Counts remarks that are not kept.
    pub fn count_more(&mut self, code: Code, channel: Option<&str>, count: u64) {
        if count > 0 {
            *self.seen.entry((code, channel.map(str::to_owned))).or_insert(0) += count;
        }
    }

    /// Moves every remark about a line down by so many lines.
    pub fn move_down(&mut self, lines: u32) {
        for remark in &mut self.kept {
            if let Place::Line(line) = &mut remark.place {
                *line += u64::from(lines);
            }
        }
    }

    /// Puts the kept remarks into the order of their lines, those of one line in the order in which they were made.
    pub fn sort_by_line(&mut self) {
        self.kept.sort_by_key(|remark| remark.place.line());
    }

    /// The kept remarks.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }

    /// How often a code was given, kept or not.
    pub fn count(&self, code: Code) -> u64 {
        self.seen.iter().filter(|((seen, _), _)| *seen == code).map(|(_, count)| count).sum()
    }

    /// Whether a code was given.
    pub fn has(&self, code: Code) -> bool {
        self.count(code) > 0
    }

    /// For each code and channel, how many remarks were counted and not kept.
    pub fn left_out(&self) -> impl Iterator<Item = (Code, Option<&str>, u64)> {
        self.seen
            .iter()
            .filter(|(_, count)| **count > Self::KEPT)
            .map(|((code, channel), count)| (*code, channel.as_deref(), count - Self::KEPT))
    }
}

/// The reason why an input gives no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}{}: {code}: found {found}; expected {expected}", place.after_path())]
pub struct Refusal {
    /// What is wrong.
    pub code: Code,
    /// The file, or `<bytes>`.
    pub path: String,
    /// Where it was first seen.
    pub place: Place,
    /// The column, counted from 1, where a cell is meant.
    pub column: Option<usize>,
    /// What was found, made safe for a terminal.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl Refusal {
    /// A refusal about a place in the file `path`. Control characters in `found` are escaped and long text is cut.
    pub fn new(code: Code, path: &str, place: Place, found: impl AsRef<str>, expected: impl Into<String>) -> Self {
        Self {
            code,
            path: path.to_owned(),
            place,
            column: None,
            found: printable(found.as_ref()),
            expected: expected.into(),
        }
    }

    /// The same refusal about a column, counted from 1.
    pub fn in_column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }
}

/// The text with control and direction characters escaped, cut after 160 characters, safe for a terminal.
pub fn printable(text: &str) -> String {
    let mut safe = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == 160 {
            safe.push('…');
            break;
        }
        if is_hidden(character) { safe.extend(character.escape_unicode()) } else { safe.push(character) }
    }
    safe
}

/// Whether a character is not seen but acts: control and direction characters.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_names_are_unique_and_start_with_their_severity() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert_eq!(Code::NaSample.severity(), Severity::Warning);
        assert_eq!(Code::Wrap.severity(), Severity::Info);
        assert_eq!(Code::Empty.severity(), Severity::Error);
    }

    #[test]
    fn a_flood_of_one_remark_is_counted_and_not_kept() {
        let mut diagnostics = Diagnostics::default();
        for line in 1..=1000 {
            diagnostics.push(Code::NaSample, Place::Line(line), Some("gpu0"), "no reading");
        }
        assert_eq!(diagnostics.iter().count(), 64);
        assert_eq!(diagnostics.count(Code::NaSample), 1000);
        assert_eq!(diagnostics.left_out().collect::<Vec<_>>(), vec![(Code::NaSample, Some("gpu0"), 936)]);
    }

    #[test]
    fn escape_bytes_never_reach_a_terminal() {
        assert_eq!(printable("\u{1b}[0;32mok"), "\\u{1b}[0;32mok");
        assert_eq!(printable("a\u{202e}gpj"), "a\\u{202e}gpj");
    }
}
