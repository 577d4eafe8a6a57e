//! The page of the command line says what the commands print.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use support::root;

/// The blocks of the page that start with `$ szilard`: the words of the command, and the lines below it.
fn examples(page: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let blocks = page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let example = |block: &str| {
        let mut lines = block.lines();
        let command = lines.next().unwrap().strip_prefix("$ szilard ").unwrap().to_owned();
        (words(&command), lines.map(collapsed).filter(|line| !line.is_empty() && line != "...").collect())
    };
    blocks.map(example).collect()
}

/// Words as a shell splits them, double quotes included.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('"').enumerate();
    let split = |(index, part): (usize, &str)| -> Vec<String> {
        if index % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
    };
    parts.flat_map(split).collect()
}

fn collapsed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_examples_of_the_page_print_what_it_shows() {
    let page = std::fs::read_to_string(root().join("docs/cli.md")).unwrap();
    let examples = examples(&page);
    for command in ["formats", "read", "energy", "entropy", "calc", "landauer", "lift", "reproduce", "demo"] {
        assert!(examples.iter().any(|(words, _)| words.first().is_some_and(|word| word == command)), "{command}");
    }
    for (words, shown) in examples {
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_szilard"))
            .args(&words)
            .current_dir(root())
            .output()
            .unwrap();
        let text = String::from_utf8([run.stdout, run.stderr].concat()).unwrap();
        let mut printed = text.lines().map(collapsed);
        for line in &shown {
            assert!(printed.any(|other| other == *line), "{words:?} does not print, in this order: {line}\n{text}");
        }
    }
}
