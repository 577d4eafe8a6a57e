//! The page of the command line shows what the commands print. `SZILARD_WRITE_DOCS=1 cargo test -p szilard-cli --test docs`
//! writes the outputs; without it they are compared. A block that ends with `...` shows as many lines as it has.
#![allow(clippy::unwrap_used)]

mod support;

use support::root;

const OPEN: &str = "```console\n$ szilard ";

/// Words as a shell splits them, double quotes included.
fn words(command: &str) -> Vec<String> {
    let split = |(index, part): (usize, &str)| -> Vec<String> {
        if index % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
    };
    command.split('"').enumerate().flat_map(split).collect()
}

/// What the command prints, on both streams.
fn printed(command: &str) -> String {
    let mut szilard = std::process::Command::new(env!("CARGO_BIN_EXE_szilard"));
    // the page shows what is carried, whatever lies beside the project
    szilard.env_remove("SZILARD_SHARED");
    let run = szilard.args(words(command)).current_dir(root()).output().unwrap();
    String::from_utf8([run.stdout, run.stderr].concat()).unwrap()
}

/// The page with the output of every command as it is now.
fn written(page: &str) -> String {
    let mut blocks = page.split(OPEN);
    let mut text = blocks.next().unwrap().to_owned();
    for block in blocks {
        let (shown, rest) = block.split_once("```").unwrap();
        let (command, shown) = shown.split_once('\n').unwrap();
        let output = printed(command);
        let output = match shown.strip_suffix("...\n") {
            Some(start) => {
                output.lines().take(start.lines().count()).map(|line| format!("{line}\n")).collect::<String>() + "...\n"
            }
            None => output,
        };
        text += &format!("{OPEN}{command}\n{output}```{rest}");
    }
    text
}

#[test]
fn the_examples_of_the_page_print_what_it_shows() {
    let path = root().join("docs/cli.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let commands = [
        "formats",
        "read",
        "energy",
        "compare",
        "report",
        "blind-spot",
        "entropy",
        "divergence",
        "calc",
        "landauer",
        "lift",
        "footprint",
        "scenario",
        "audit",
        "reproduce",
        "simulate",
        "throttling",
        "drift",
        "demo",
    ];
    for command in commands {
        assert!(page.contains(&format!("{OPEN}{command}")), "{command}");
    }
    let written = written(&page);
    if std::env::var_os("SZILARD_WRITE_DOCS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    for (number, (shown, printed)) in page.lines().zip(written.lines()).enumerate() {
        assert_eq!(shown, printed, "docs/cli.md:{}: run with SZILARD_WRITE_DOCS=1", number + 1);
    }
    assert_eq!(page.lines().count(), written.lines().count(), "run with SZILARD_WRITE_DOCS=1");
}
