//! The command under the recorder: its streams, its status, its signals are those that it has without it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/tree.rs"]
mod tree;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use szilard_system::{number, send};
use tree::{Tree, stderr, until, written};

/// Bytes of every value in an order without a pattern, in which nothing repeats for long.
fn bytes(count: usize) -> Vec<u8> {
    let next = |state: &mut u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some((*state >> 56) as u8)
    };
    let mut state = 9;
    std::iter::from_fn(|| next(&mut state)).take(count).collect()
}

#[test]
fn ten_megabytes_pass_unchanged_with_a_relay_and_without() {
    let sent = bytes(10_000_000);
    for options in [&["--quiet"][..], &["--quiet", "--tokens-from", "a.c"]] {
        let tree = Tree::steady();
        let mut command = tree.record(options, &["sh", "-c", "cat; echo to stderr >&2"]);
        let mut recorder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (mut input, data) = (recorder.stdin.take().unwrap(), sent.clone());
        let writer = std::thread::spawn(move || input.write_all(&data).unwrap());
        let output = recorder.wait_with_output().unwrap();
        writer.join().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stdout == sent, "{options:?}: {} bytes", output.stdout.len());
        assert_eq!(stderr(&output), "to stderr\n");
    }
}

#[test]
fn what_the_recorder_says_goes_to_standard_error_alone() {
    let tree = Tree::rapl();
    for options in [&[][..], &["--overwrite", "--tokens-from", "x"]] {
        let output = tree.recorded(options, &["echo", "hello"]);
        assert_eq!(output.stdout, b"hello\n");
        assert!(stderr(&output).contains("rows"), "{}", stderr(&output));
    }
}

#[test]
fn the_status_is_that_of_the_command() {
    let (with, without) = (Tree::steady(), Tree::new());
    let relayed = ["--overwrite", "--tokens-from", "x"];
    for (tree, options) in [(&with, &["--overwrite"][..]), (&with, &relayed[..]), (&without, &[][..])] {
        for status in [0, 1, 2, 3, 42, 64, 126, 127, 255] {
            let output = tree.recorded(options, &["sh", "-c", &format!("exit {status}")]);
            assert_eq!(output.status.code(), Some(status), "{options:?}: {}", stderr(&output));
        }
        for (name, signal) in [("SEGV", 11), ("KILL", 9), ("TERM", 15), ("ABRT", 6)] {
            let output = tree.recorded(options, &["sh", "-c", &format!("kill -{name} $$")]);
            assert_eq!(output.status.code(), Some(128 + signal), "{options:?} {name}: {}", stderr(&output));
        }
    }
    let tree = Tree::rapl();
    assert_eq!(tree.recorded(&[], &["no-such-program"]).status.code(), Some(127));
    // a folder on the way that may not be looked into, as another user's, changes nothing of that
    use std::os::unix::fs::PermissionsExt;
    tree.put("closed/program", "");
    std::fs::set_permissions(tree.path("closed"), std::fs::Permissions::from_mode(0o000)).unwrap();
    let path = format!("{}:/usr/bin:/bin", tree.path("closed").display());
    let mut recorder = tree.record(&["--overwrite"], &["no-such-program"]);
    assert_eq!(recorder.env("PATH", path).output().unwrap().status.code(), Some(127));
    std::fs::set_permissions(tree.path("closed"), std::fs::Permissions::from_mode(0o700)).unwrap();
    tree.put("plain", "text");
    let plain = tree.path("plain").display().to_string();
    assert_eq!(tree.recorded(&["--overwrite"], &[&plain]).status.code(), Some(126));
}

#[test]
fn the_end_of_a_killed_command_is_written_down() {
    let tree = Tree::rapl();
    let mut recorder = tree.spawned(&["--interval", "0.02"], &["sh", "-c", "echo $$ > pid; exec sleep 20"]);
    until(|| written(&tree.path("pid")) && tree.rows().len() > 3);
    let pid = std::fs::read_to_string(tree.path("pid")).unwrap().trim().parse().unwrap();
    send(pid, number::SIGKILL).unwrap();
    assert_eq!(recorder.wait().unwrap().code(), Some(137));
    let end = &tree.said("end")[0];
    assert_eq!((end["signal"].as_i64(), end["status"].as_i64()), (Some(9), Some(137)));
    assert_eq!(end["rows"].as_u64(), Some(tree.rows().len() as u64));
    assert!(tree.text().ends_with('\n'));
}

#[test]
fn signals_that_are_sent_to_the_recorder_reach_the_command() {
    for (signal, name) in
        [(number::SIGTERM, "TERM"), (number::SIGHUP, "HUP"), (number::SIGINT, "INT"), (number::SIGUSR1, "USR1")]
    {
        let tree = Tree::rapl();
        let script = format!("trap 'echo got {name}; exit 33' {name}; echo > ready; while :; do sleep 0.02; done");
        let recorder = tree.spawned(&[], &["sh", "-c", &script]);
        until(|| written(&tree.path("ready")));
        send(recorder.id(), signal).unwrap();
        let output = recorder.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(33), format!("got {name}\n").as_bytes()));
        assert_eq!(tree.said("end")[0]["status"].as_i64(), Some(33));
    }
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let tree = Tree::rapl();
    let recorder = tree.record(&[], &["sh", "-c", "echo > ready; sleep 0.5; exit 5"]);
    // as nohup starts it, and not with the signals that the other tests set back
    let mut ignoring = Command::new("env");
    ignoring.arg("--ignore-signal=HUP").args(recorder.get_args().skip(1));
    let mut started = ignoring.current_dir(&tree.root).stderr(Stdio::null()).spawn().unwrap();
    until(|| written(&tree.path("ready")));
    send(started.id(), number::SIGHUP).unwrap();
    assert_eq!(started.wait().unwrap().code(), Some(5));
}

/// A terminal of its own with the recorder in it and no shell beside it, whichever shell `script` starts.
fn in_terminal(tree: &Tree, script: &str) -> std::process::Child {
    let recorder = tree.record(&["--quiet"], &["sh", "-c", script]);
    let word = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap().replace('\'', "'\\''"));
    let words: Vec<String> = std::iter::once(recorder.get_program()).chain(recorder.get_args()).map(word).collect();
    let mut terminal = Command::new("script");
    terminal
        .args(["-qec", &format!("exec {}", words.join(" ")), "/dev/null"])
        .env("SHELL", "/bin/sh")
        .current_dir(&tree.root);
    terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn control_c_reaches_the_command_once_and_its_own_end_counts() {
    let tree = Tree::rapl();
    let script = "trap 'n=$((n+1)); echo $n > got' INT; echo > ready; while [ ! -e stop ]; do sleep 0.02; done; exit 7";
    let mut terminal = in_terminal(&tree, script);
    until(|| written(&tree.path("ready")));
    terminal.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    until(|| written(&tree.path("got")));
    std::thread::sleep(Duration::from_millis(300));
    tree.put("stop", "");
    let output = terminal.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(std::fs::read_to_string(tree.path("got")).unwrap(), "1\n");
    assert_eq!(tree.said("end")[0]["status"].as_i64(), Some(7));
}

#[test]
fn a_terminal_that_goes_away_ends_the_command_as_it_would_without() {
    let tree = Tree::rapl();
    let mut terminal = in_terminal(&tree, "echo > ready; while :; do sleep 0.02; done");
    until(|| written(&tree.path("ready")));
    terminal.kill().unwrap();
    terminal.wait().unwrap();
    // SIGHUP, 1
    until(|| !tree.said("end").is_empty());
    assert_eq!(tree.said("end")[0]["signal"].as_i64(), Some(1));
}

#[test]
fn impatience_ends_a_command_that_does_not_heed() {
    let tree = Tree::rapl();
    let mut terminal = in_terminal(&tree, "trap '' INT TERM; echo > ready; while :; do sleep 0.02; done");
    until(|| written(&tree.path("ready")));
    for _ in 0..3 {
        terminal.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(terminal.wait().unwrap().code(), Some(137));
    assert_eq!(tree.said("end")[0]["signal"].as_i64(), Some(9));
}

#[test]
fn the_command_has_a_terminal_where_the_recorder_has_one() {
    let tree = Tree::rapl();
    let terminal = in_terminal(&tree, "test -t 0 && test -t 1 && test -t 2 && exit 21");
    assert_eq!(terminal.wait_with_output().unwrap().status.code(), Some(21));
}

#[test]
fn the_recording_ends_with_the_command_unless_the_tree_is_waited_for() {
    let left = "sh -c 'sleep 1; echo > late' > /dev/null 2>&1 & exit 3";
    let tree = Tree::rapl();
    let started = Instant::now();
    assert_eq!(tree.recorded(&[], &["sh", "-c", left]).status.code(), Some(3));
    assert!(started.elapsed() < Duration::from_millis(900) && !tree.path("late").exists());
    let tree = Tree::rapl();
    let orphan = format!("setsid {left}");
    assert_eq!(tree.recorded(&["--wait-tree"], &["sh", "-c", &orphan]).status.code(), Some(3));
    assert!(tree.path("late").exists() && tree.rows().len() >= 8, "{} rows", tree.rows().len());
}

#[test]
fn a_process_left_behind_keeps_its_output_and_does_not_hold_the_recorder_up() {
    let tree = Tree::rapl();
    let left = "sh -c 'sleep 1; echo late; echo late >&2' & echo early";
    let started = Instant::now();
    let mut recorder = tree.spawned(&["--tokens-from", "early", "--quiet"], &["sh", "-c", left]);
    assert_eq!(recorder.wait().unwrap().code(), Some(0));
    assert!(started.elapsed() < Duration::from_millis(900));
    assert_eq!(tree.said("tokens")[0]["output"].as_u64(), Some(1));
    // its output is still open, and what comes later arrives as it would without a recorder
    let output = recorder.wait_with_output().unwrap();
    assert_eq!(
        (output.stdout.as_slice(), output.stderr.as_slice()),
        (b"early\nlate\n".as_slice(), b"late\n".as_slice())
    );
}

#[test]
fn a_left_process_that_never_stops_talking_is_handed_over_too() {
    let tree = Tree::rapl();
    let mut recorder = tree.record(&["--tokens-from", "x", "--quiet"], &["sh", "-c", "yes & exit 4"]);
    let mut recorder = recorder.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = recorder.stdout.take().unwrap();
    let reader = std::thread::spawn(move || output.read_exact(&mut vec![0; 4_000_000]));
    assert_eq!(recorder.wait().unwrap().code(), Some(4));
    // more than the pipes hold: it goes on after the recorder has ended, until nobody reads any more
    reader.join().unwrap().unwrap();
}

#[test]
fn a_count_that_is_no_whole_number_is_a_reason_and_no_zero() {
    let tree = Tree::rapl();
    let energy = tree.set("sys/class/powercap/intel-rapl:0/energy_uj", "7300000");
    let script = format!("echo 'eval 63 tokens'; echo 'eval 1.5e3 tokens'; sleep 0.2; {energy}; sleep 0.2");
    let output = tree.recorded(&["--tokens-from", r"eval (\S+) tokens"], &["sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(0));
    let said = stderr(&output);
    assert!(said.contains("1 matches have no whole number in their group: no count is known"), "{said}");
    assert!(!said.contains("generated"), "{said}");
}

#[test]
fn a_flood_of_lines_is_counted_and_makes_neither_memory_nor_file_grow() {
    let tree = Tree::rapl();
    let flood = "yes 'token 1' | head -n 200000";
    let output = tree.recorded(&["--tokens-from", "token (1)", "--summary", "s.json"], &["sh", "-c", flood]);
    assert_eq!(output.stdout.len(), 8 * 200_000);
    let summary: serde_json::Value = serde_json::from_slice(&std::fs::read(tree.path("s.json")).unwrap()).unwrap();
    assert_eq!(summary["tokens"]["output"].as_u64(), Some(200_000));
    // a line four times a second, not one for each read
    let lines = tree.said("tokens").len() as f64;
    let seconds =
        (summary["command"]["end_ns"].as_i64().unwrap() - summary["command"]["start_ns"].as_i64().unwrap()) as f64;
    assert!(lines <= seconds * 1e-9 * 10.0 + 10.0, "{lines} lines in {seconds} ns");
    assert!(summary["recorder"]["peak_bytes"].as_i64().unwrap() < 64_000_000, "{}", summary["recorder"]);
}

#[test]
fn the_command_has_no_files_of_the_recorder() {
    let tree = Tree::rapl();
    let list = "for f in /proc/self/fd/*; do readlink $f; done";
    let output = tree.recorded(&["--marks", "marks"], &["sh", "-c", list]);
    let bare = Command::new("sh").args(["-c", list]).stdin(Stdio::null()).output().unwrap();
    let kinds = |output: std::process::Output| -> Vec<String> {
        let files = String::from_utf8(output.stdout).unwrap();
        files.lines().map(|file| file.split(':').next().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(output), kinds(bare));
}

#[test]
fn words_and_environment_are_not_written_down_unless_asked() {
    let tree = Tree::rapl();
    let recorded = |options: &[&str]| {
        let mut recorder = tree.record(options, &["sh", "-c", "exit 0", "token-on-the-line"]);
        recorder.arg(OsString::from_vec(b"not\xffutf8".to_vec())).env("SECRET", "secret-of-the-environment");
        assert_eq!(recorder.output().unwrap().status.code(), Some(0));
        tree.text()
    };
    let text = recorded(&[]);
    assert!(!text.contains("token-on-the-line") && !text.contains("secret") && !text.contains("sh\""), "{text}");
    let text = recorded(&["--overwrite", "--with-command"]);
    assert!(text.contains("token-on-the-line") && !text.contains("secret-of-the-environment"), "{text}");
    assert_eq!(tree.trace().channels.len(), 1);
}

#[test]
fn a_long_line_of_words_reaches_the_command() {
    let tree = Tree::rapl();
    let mut recorder = tree.record(&[], &["sh", "-c", "echo $#"]);
    recorder.args((0..20_000).map(|word| format!("word-{word}-of-many")));
    assert_eq!(recorder.output().unwrap().stdout, b"19999\n");
}

#[test]
fn a_reader_that_goes_away_ends_the_command_as_it_would_without() {
    let tree = Tree::rapl();
    let mut recorder = tree.record(&["--quiet", "--tokens-from", "x"], &["yes"]);
    let mut recorder = recorder.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut start = [0; 2];
    let mut output = recorder.stdout.take().unwrap();
    output.read_exact(&mut start).unwrap();
    drop(output);
    // SIGPIPE, as `yes | head -1` has it
    assert_eq!(recorder.wait().unwrap().code(), Some(128 + 13));
}

#[test]
fn a_killed_recorder_leaves_the_command_running() {
    let tree = Tree::rapl();
    let mut recorder = tree.spawned(&[], &["sh", "-c", "echo > ready; sleep 0.5; echo > done"]);
    until(|| written(&tree.path("ready")));
    recorder.kill().unwrap();
    recorder.wait().unwrap();
    until(|| written(&tree.path("done")));
}

#[test]
fn marks_and_tokens_stand_in_the_recording_with_their_times() {
    let tree = Tree::rapl();
    let script = "echo start prefill > marks; sleep 0.15; echo end prefill > marks; echo 'eval: 63 tokens'; \
                  echo 'eval: 7 tokens' >&2; sleep 0.15";
    let output = tree.recorded(&["--marks", "marks", "--tokens-from", r"eval: (\d+) tokens"], &["sh", "-c", script]);
    assert_eq!(output.stdout, b"eval: 63 tokens\n");
    assert!(stderr(&output).contains("70 generated"), "{}", stderr(&output));
    let marks = tree.said("mark");
    assert_eq!((marks[0]["event"].as_str(), marks[1]["phase"].as_str()), (Some("start"), Some("prefill")));
    let apart = marks[1]["time_ns"].as_i64().unwrap() - marks[0]["time_ns"].as_i64().unwrap();
    assert!((140_000_000..600_000_000).contains(&apart), "{apart}");
    let counts: Vec<u64> = tree.said("tokens").iter().map(|object| object["output"].as_u64().unwrap()).collect();
    assert_eq!(counts.iter().sum::<u64>(), 70);
    assert!(!tree.path("marks").exists());
}

#[test]
fn a_server_is_asked_before_and_after() {
    let tree = Tree::rapl();
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metrics", server.local_addr().unwrap());
    let answers = std::thread::spawn(move || {
        for count in [1000, 1063] {
            let (mut stream, _) = server.accept().unwrap();
            let mut request = [0; 256];
            let _ = stream.read(&mut request).unwrap();
            let body = format!("llamacpp:prompt_tokens_total 5\nllamacpp:tokens_predicted_total {count}\n");
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{body}").unwrap();
        }
    });
    let energy = tree.set("sys/class/powercap/intel-rapl:0/energy_uj", "7300000");
    let mut recorder =
        tree.record(&["--tokens-metrics", &url], &["sh", "-c", &format!("sleep 0.2; {energy}; sleep 0.2")]);
    recorder.process_group(0);
    let output = recorder.output().unwrap();
    answers.join().unwrap();
    // 6.3 J for 63 tokens
    assert!(stderr(&output).contains("63 generated") && stderr(&output).contains("0.100"), "{}", stderr(&output));
}
