//! The grammar of expressions, quantities and units: text to a tree, or the character where it breaks.

use super::error::UnitError;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    /// A decimal number.
    Number(f64),
    /// A unit, a constant or a named value.
    Name(String),
    /// A function and its argument.
    Call(String, Box<Expression>),
    /// A change of sign.
    Negative(Box<Expression>),
    /// Two operands.
    Binary(Operator, Box<Expression>, Box<Expression>),
}

/// What joins two operands, from the loosest to the tightest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    /// A product written without a sign, as in `50 token`; it binds tighter than `/`.
    Beside,
    Power,
    /// A value with its standard uncertainty, as in `(176 ± 5) TWh`; it joins one factor with another.
    Within,
}

/// Longest text. [characters]
const LONGEST: usize = 10_000;
/// Deepest nesting of parentheses, signs and exponents.
const DEEPEST: u32 = 64;

#[derive(Debug, Clone, PartialEq)]
enum Symbol {
    Number(f64),
    Name(String),
    Operator(Operator),
    Open,
    Close,
}

#[derive(Debug, Clone)]
struct Token {
    symbol: Symbol,
    /// Position of the first character, counted from 1.
    at: usize,
}

/// The tree of an expression. `is_value` tells the names of given values from units.
pub(super) fn parse(text: &str, is_value: &dyn Fn(&str) -> bool) -> Result<Expression, UnitError> {
    let mut parser = Parser { text, tokens: tokens(text)?, next: 0, depth: 0, is_value };
    let expression = parser.sum()?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.expected("an operator or the end")),
    }
}

/// The number a text starts with, and the text behind it.
pub(super) fn leading_number(text: &str) -> Result<(f64, &str), UnitError> {
    let trimmed = text.trim_start();
    let (negative, digits) = match trimmed.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let at = text.chars().count() - digits.chars().count() + 1;
    let length = number_length(digits.as_bytes());
    let (number, rest) = digits.split_at_checked(length).unwrap_or((digits, ""));
    let value = number_value(text, number, at)?;
    Ok((if negative { -value } else { value }, rest))
}

fn syntax(text: &str, at: usize, expected: &str) -> UnitError {
    UnitError::Syntax { text: text.to_owned(), at, expected: expected.to_owned() }
}

/// Length of the decimal number at the start: digits, an optional fraction, an optional exponent.
fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = digits(0);
    if length == 0 {
        return 0;
    }
    if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

fn number_value(text: &str, number: &str, at: usize) -> Result<f64, UnitError> {
    let value: f64 = number.parse().map_err(|_| syntax(text, at, "a decimal number"))?;
    if value.is_finite() { Ok(value) } else { Err(UnitError::NotFinite { what: number.to_owned() }) }
}

fn is_name_start(character: char) -> bool {
    character.is_ascii_alphabetic()
        || matches!(character, '_' | '\u{b5}' | '\u{3bc}' | '\u{b0}' | '\u{2103}' | '\u{2109}')
}

fn tokens(text: &str) -> Result<Vec<Token>, UnitError> {
    if text.chars().count() > LONGEST {
        return Err(syntax("…", LONGEST, "a shorter expression"));
    }
    let mut found = Vec::new();
    let mut rest = text;
    let mut at = 1;
    while let Some(character) = rest.chars().next() {
        let (symbols, length): (Vec<Symbol>, usize) = match character {
            _ if character.is_ascii_whitespace() || character == '\u{a0}' => (vec![], character.len_utf8()),
            '0'..='9' => {
                let length = number_length(rest.as_bytes());
                let number = rest.get(..length).unwrap_or_default();
                (vec![Symbol::Number(number_value(text, number, at)?)], length)
            }
            '%' => (vec![Symbol::Name("%".to_owned())], 1),
            '+' if rest.starts_with("+-") || rest.starts_with("+\u{2212}") || rest.starts_with("+/-") => {
                let hint = "write ± for an uncertainty, as in (176 ± 5) TWh, or a space behind a sum's +".to_owned();
                return Err(UnitError::Ambiguous { text: text.to_owned(), hint });
            }
            '\u{b1}' => (vec![Symbol::Operator(Operator::Within)], 2),
            '+' => (vec![Symbol::Operator(Operator::Plus)], 1),
            '-' | '\u{2212}' => (vec![Symbol::Operator(Operator::Minus)], character.len_utf8()),
            '*' if rest.starts_with("**") => (vec![Symbol::Operator(Operator::Power)], 2),
            '*' | '\u{b7}' | '\u{22c5}' | '\u{d7}' => (vec![Symbol::Operator(Operator::Times)], character.len_utf8()),
            '/' => (vec![Symbol::Operator(Operator::Over)], 1),
            '^' => (vec![Symbol::Operator(Operator::Power)], 1),
            '\u{b2}' => (vec![Symbol::Operator(Operator::Power), Symbol::Number(2.0)], 2),
            '\u{b3}' => (vec![Symbol::Operator(Operator::Power), Symbol::Number(3.0)], 2),
            '(' => (vec![Symbol::Open], 1),
            ')' => (vec![Symbol::Close], 1),
            _ if is_name_start(character) => {
                let inside = |c: char| is_name_start(c) || c.is_ascii_digit();
                let length = rest.find(|c: char| !inside(c)).unwrap_or(rest.len());
                (vec![Symbol::Name(rest.get(..length).unwrap_or_default().to_owned())], length)
            }
            _ => return Err(syntax(text, at, "a number, a name, an operator or a parenthesis")),
        };
        found.extend(symbols.into_iter().map(|symbol| Token { symbol, at }));
        let (passed, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        at += passed.chars().count();
        rest = behind;
    }
    Ok(found)
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    depth: u32,
    is_value: &'a dyn Fn(&str) -> bool,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Symbol> {
        self.look(0)
    }

    fn look(&self, ahead: usize) -> Option<&Symbol> {
        self.tokens.get(self.next + ahead).map(|token| &token.symbol)
    }

    fn take(&mut self, symbol: &Symbol) -> bool {
        let found = self.peek() == Some(symbol);
        self.next += usize::from(found);
        found
    }

    fn take_operator(&mut self, operators: &[Operator]) -> Option<Operator> {
        match self.peek() {
            Some(Symbol::Operator(operator)) if operators.contains(operator) => {
                let operator = *operator;
                self.next += 1;
                Some(operator)
            }
            _ => None,
        }
    }

    fn expected(&self, expected: &str) -> UnitError {
        let end = self.text.chars().count() + 1;
        syntax(self.text, self.tokens.get(self.next).map_or(end, |token| token.at), expected)
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Expression, UnitError>) -> Result<Expression, UnitError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.expected("at most 64 levels of nesting"));
        }
        let expression = inner(self);
        self.depth -= 1;
        expression
    }

    fn sum(&mut self) -> Result<Expression, UnitError> {
        let mut left = self.product()?;
        while let Some(operator) = self.take_operator(&[Operator::Plus, Operator::Minus]) {
            left = Expression::Binary(operator, left.into(), self.product()?.into());
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, UnitError> {
        let mut left = self.signed()?;
        while let Some(operator) = self.take_operator(&[Operator::Times, Operator::Over]) {
            let right = self.signed()?;
            if operator == Operator::Over {
                self.refuse_two_readings(&right)?;
            }
            left = Expression::Binary(operator, left.into(), right.into());
        }
        Ok(left)
    }

    /// An error for `a / 20 token/s` (is the second a divisor of 20 token, or of all?) and for `J/kg K`.
    fn refuse_two_readings(&self, divisor: &Expression) -> Result<(), UnitError> {
        let Expression::Binary(Operator::Beside, left, _) = divisor else { return Ok(()) };
        let mut first = left.as_ref();
        while let Expression::Binary(Operator::Beside, inner, _) = first {
            first = inner;
        }
        let unit_follows = match (self.look(0), self.look(1), self.look(2)) {
            (Some(Symbol::Operator(Operator::Times | Operator::Over)), Some(Symbol::Name(name)), after) => {
                !(self.is_value)(name) && after != Some(&Symbol::Open)
            }
            _ => false,
        };
        if unit_follows || matches!(first, Expression::Name(_)) {
            let hint = "put the divisor in parentheses, as in 450 W / (20 token/s)".to_owned();
            return Err(UnitError::Ambiguous { text: self.text.to_owned(), hint });
        }
        Ok(())
    }

    fn signed(&mut self) -> Result<Expression, UnitError> {
        match self.take_operator(&[Operator::Minus]) {
            Some(_) => Ok(Expression::Negative(self.nested(Self::signed)?.into())),
            None => self.within(),
        }
    }

    /// A factor, and behind `±` its standard uncertainty.
    fn within(&mut self) -> Result<Expression, UnitError> {
        let value = self.beside()?;
        Ok(match self.take_operator(&[Operator::Within]) {
            Some(operator) => Expression::Binary(operator, value.into(), self.beside()?.into()),
            None => value,
        })
    }

    /// A factor and the names written behind it.
    fn beside(&mut self) -> Result<Expression, UnitError> {
        let mut left = self.power()?;
        while matches!(self.peek(), Some(Symbol::Name(_))) {
            left = Expression::Binary(Operator::Beside, left.into(), self.power()?.into());
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Expression, UnitError> {
        let base = self.primary()?;
        if self.take_operator(&[Operator::Power]).is_none() {
            return Ok(base);
        }
        let exponent = self.nested(|parser| match parser.take_operator(&[Operator::Minus]) {
            Some(_) => Ok(Expression::Negative(parser.power()?.into())),
            None => parser.power(),
        })?;
        Ok(Expression::Binary(Operator::Power, base.into(), exponent.into()))
    }

    fn primary(&mut self) -> Result<Expression, UnitError> {
        match self.peek().cloned() {
            Some(Symbol::Number(number)) => {
                self.next += 1;
                Ok(Expression::Number(number))
            }
            Some(Symbol::Name(name)) => {
                self.next += 1;
                if self.peek() == Some(&Symbol::Open) && !(self.is_value)(&name) {
                    return Ok(Expression::Call(name, self.parenthesis()?.into()));
                }
                Ok(Expression::Name(name))
            }
            Some(Symbol::Open) => self.parenthesis(),
            _ => Err(self.expected("a number, a name or a parenthesis")),
        }
    }

    fn parenthesis(&mut self) -> Result<Expression, UnitError> {
        self.take(&Symbol::Open);
        let inner = self.nested(Self::sum)?;
        if self.take(&Symbol::Close) { Ok(inner) } else { Err(self.expected("\")\"")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text, &|_| false).unwrap_err().to_string()
    }

    #[test]
    fn a_number_and_its_unit_are_one_factor() {
        let tree = parse("7.2 W / 50 token", &|_| false).unwrap();
        assert!(matches!(tree, Expression::Binary(Operator::Over, _, right)
            if matches!(*right, Expression::Binary(Operator::Beside, ..))));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for text in ["450 W / 20 token/s", "1000 token / 2 W*h", "J/kg K", "3 J / 2 kg K / s"] {
            assert!(error(text).contains("two ways"), "{text}");
        }
        for text in ["450 W / (20 token/s)", "7.2 W * 4.1 s / 50 token", "kg m/s", "a / 50 token / 2", "5 W/m^2"] {
            assert!(parse(text, &|_| false).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_plus_and_a_minus_together_are_no_uncertainty() {
        for text in ["176 TWh +- 5 TWh", "1.40 +/- 0.02", "3 W +\u{2212} 1 W"] {
            assert!(error(text).contains("write ±"), "{text}");
        }
        assert!(parse("3 W + -1 W", &|_| false).is_ok());
        assert!(error("1 ± 2 ± 3").contains("expected"));
    }

    #[test]
    fn errors_name_the_character() {
        assert_eq!(error("3 kW +"), "\"3 kW +\", character 7: expected a number, a name or a parenthesis");
        assert!(error("1,000 W").contains("character 2"));
        assert!(error("\u{ff11}00 W").contains("character 1"));
        assert!(error("(((").contains("expected"));
        assert!(error(&"(".repeat(100_000)).contains("shorter"));
        assert!(error(&"(".repeat(100)).contains("64 levels"));
        assert!(error("1e400 W").contains("not a finite number"));
    }

    #[test]
    fn an_e_without_digits_is_a_unit() {
        assert_eq!(leading_number("3eV").unwrap(), (3.0, "eV"));
        assert_eq!(leading_number("-3e2 V").unwrap(), (-300.0, " V"));
    }
}
