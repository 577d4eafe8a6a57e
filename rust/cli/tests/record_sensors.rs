//! Sensors on folders that stand for `/`: what is recorded has the energy that the folder was scripted with.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/tree.rs"]
mod tree;

use std::process::Command;
use szilard::input::Code;
use szilard::quantity::Boundary;
use tree::{Tree, stderr};

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found} J, expected {expected} J");
}

/// Steady power: what is drawn times the time between first and last row.
fn of_steady_power(tree: &Tree, watts: f64) {
    let energy = tree.energy();
    let seconds = (energy.window_ns.1 - energy.window_ns.0) as f64 * 1e-9;
    assert!(seconds > 0.2, "{seconds}");
    near(energy.energy.unwrap().value(), watts * seconds);
}

#[test]
fn a_processor_counts_over_its_range_and_its_cores_are_in_it() {
    let tree = Tree::new();
    tree.zone("intel-rapl:0", "package-0", 262_143_000_000).zone("intel-rapl:0:0", "core", 500_000_000);
    tree.zone("intel-rapl:0:1", "dram", 7_000_000);
    let zone = |id: &str, energy: &str| tree.set(&format!("sys/class/powercap/{id}/energy_uj"), energy);
    let script = [
        "sleep 0.15".to_owned(),
        zone("intel-rapl:0", "4671150"),
        zone("intel-rapl:0:0", "503000000"),
        "sleep 0.15".to_owned(),
        zone("intel-rapl:0", "9671150"),
        zone("intel-rapl:0:1", "8000000"),
    ];
    let output = tree.recorded(&["--interval", "0.05"], &["sh", "-c", &script.join("; ")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    // 0.32885 J to the end of the range and 9.67115 J after it; 1 J of the memory; the cores are in the package
    near(tree.joules(), 11.0);
    assert_eq!(tree.energy().energy.unwrap().boundary(), Some(Boundary::Chip));
    assert!(tree.energy().reasons.iter().any(|remark| remark.code == Code::Wrap));
}

#[test]
fn one_package_that_two_drivers_show_counts_once() {
    let tree = Tree::new();
    tree.zone("intel-rapl:0", "package-0", 5_000_000).zone("intel-rapl-mmio:0", "package-0", 5_000_000);
    let zone = |id: &str| tree.set(&format!("sys/class/powercap/{id}/energy_uj"), "9000000");
    let script = format!("sleep 0.15; {}; {}; sleep 0.1", zone("intel-rapl:0"), zone("intel-rapl-mmio:0"));
    tree.recorded(&["--interval", "0.05"], &["sh", "-c", &script]);
    near(tree.joules(), 4.0);
}

#[test]
fn a_counter_without_the_right_to_it_is_explained() {
    let tree = Tree::rapl();
    let zone = tree.path("sys/class/powercap/intel-rapl:0");
    std::fs::remove_file(zone.join("energy_uj")).unwrap();
    // root may read anything, but no one reads a folder as a number
    std::fs::create_dir(zone.join("energy_uj")).unwrap();
    let output = tree.recorded(&[], &["true"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("rapl: intel-rapl:0: energy_uj: a folder"), "{}", stderr(&output));
    assert!(!tree.out().exists());
}

#[test]
fn a_user_without_rights_learns_what_to_do_and_nothing_is_changed() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let tree = Tree::rapl();
    let file = tree.path("sys/class/powercap/intel-rapl:0/energy_uj");
    // nobody but root has a right to it, whoever runs the tests
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    let binary = tree.path("szilard");
    std::fs::copy(env!("CARGO_BIN_EXE_szilard"), &binary).unwrap();
    let mut recorder = Command::new(&binary);
    recorder.args(["record", "--root"]).arg(&tree.root).args(["--out", "/dev/null", "--overwrite", "--", "true"]);
    // another user than the owner, where that can be had
    recorder.current_dir("/").uid(65_534).gid(65_534);
    let Ok(output) = recorder.output() else {
        println!("SKIPPED: only root can run a program as another user");
        return;
    };
    let said = stderr(&output);
    assert!(said.contains("energy_uj: permission denied: only root reads it since CVE-2020-8694"), "{said}");
    assert!(said.contains("setcap cap_dac_read_search"), "{said}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0);
}

#[test]
fn the_rails_of_a_newer_jetson_are_volts_times_amperes_and_its_input_holds_them() {
    let tree = Tree::new();
    let chip = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3";
    for (number, name, millivolts, milliamperes) in
        [(1, "VDD_IN", 5000, 1440), (2, "VDD_CPU_GPU_CV", 5000, 700), (3, "VDD_SOC", 5000, 300)]
    {
        tree.put(&format!("{chip}/in{number}_label"), name);
        tree.put(&format!("{chip}/in{number}_input"), &millivolts.to_string());
        tree.put(&format!("{chip}/curr{number}_input"), &milliamperes.to_string());
    }
    // the sum of the shunts is no rail
    tree.put(&format!("{chip}/in7_label"), "sum of shunt voltages").put(&format!("{chip}/in7_input"), "9");
    tree.recorded(&["--interval", "0.05"], &["sleep", "0.3"]);
    of_steady_power(&tree, 7.2);
    assert_eq!((tree.trace().channels.len(), tree.energy().energy.unwrap().boundary()), (3, Some(Boundary::Board)));
}

#[test]
fn the_rails_of_an_older_jetson_are_powers() {
    let tree = Tree::new();
    let chip = "sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0";
    for (number, name, milliwatts) in [(0, "POM_5V_IN", 3800), (1, "POM_5V_GPU", 900), (2, "POM_5V_CPU", 700)] {
        tree.put(&format!("{chip}/rail_name_{number}"), name);
        tree.put(&format!("{chip}/in_power{number}_input"), &milliwatts.to_string());
        tree.put(&format!("{chip}/in_current{number}_input"), "100");
    }
    tree.recorded(&["--interval", "0.05"], &["sleep", "0.3"]);
    of_steady_power(&tree, 3.8);
}

#[test]
fn rails_of_a_board_without_an_input_rail_have_no_total() {
    let tree = Tree::new();
    let chip = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3";
    for (number, name) in [(1, "VDD_GPU_SOC"), (2, "VDD_CPU_CV"), (3, "VIN_SYS_5V0")] {
        tree.put(&format!("{chip}/in{number}_label"), name);
        tree.put(&format!("{chip}/in{number}_input"), "5000").put(&format!("{chip}/curr{number}_input"), "1000");
    }
    let output = tree.recorded(&["--interval", "0.05"], &["sleep", "0.3"]);
    assert!(stderr(&output).contains("no total: how the rails nest is not settled"), "{}", stderr(&output));
    assert!(tree.energy().energy.is_none());
}

#[test]
fn an_ina226_is_a_power_of_hwmon() {
    let tree = Tree::new();
    tree.put("sys/class/hwmon/hwmon2/name", "ina226").put("sys/class/hwmon/hwmon2/power1_input", "7200000");
    tree.put("sys/class/hwmon/hwmon2/in1_input", "5000").put("sys/class/hwmon/hwmon2/curr1_input", "1440");
    // a temperature alone is no sensor of power
    tree.put("sys/class/hwmon/hwmon0/name", "coretemp").put("sys/class/hwmon/hwmon0/temp1_input", "45000");
    tree.recorded(&["--interval", "0.05"], &["sleep", "0.3"]);
    of_steady_power(&tree, 7.2);
    assert_eq!(tree.trace().channels[0].label(), "ina226@hwmon2/power1");
}

#[test]
fn an_energy_of_hwmon_is_a_counter() {
    let tree = Tree::new();
    tree.put("sys/class/hwmon/hwmon1/name", "psu").put("sys/class/hwmon/hwmon1/energy1_input", "1000000");
    let script = format!("sleep 0.15; {}; sleep 0.1", tree.set("sys/class/hwmon/hwmon1/energy1_input", "3500000"));
    tree.recorded(&["--interval", "0.05"], &["sh", "-c", &script]);
    near(tree.joules(), 2.5);
}

#[test]
fn an_amd_gpu_is_a_board_at_its_address() {
    let tree = Tree::new();
    tree.put("sys/class/hwmon/hwmon4/name", "amdgpu").put("sys/class/hwmon/hwmon4/power1_average", "31000000");
    tree.link("sys/class/hwmon/hwmon4/device", "../../../0000:03:00.0");
    tree.recorded(&["--interval", "0.05"], &["sleep", "0.3"]);
    of_steady_power(&tree, 31.0);
    let channel = &tree.trace().channels[0];
    assert_eq!((channel.device.as_str(), channel.boundary), ("0000:03:00.0", Some(Boundary::Board)));
}

#[test]
fn a_battery_is_read_while_the_machine_runs_on_it() {
    let tree = Tree::new();
    let battery = "sys/class/power_supply/BAT0";
    tree.put(&format!("{battery}/type"), "Battery").put(&format!("{battery}/status"), "Discharging");
    tree.put(&format!("{battery}/voltage_now"), "12000000").put(&format!("{battery}/current_now"), "-600000");
    tree.recorded(&["--interval", "0.05"], &["sleep", "0.3"]);
    of_steady_power(&tree, 7.2);
    assert_eq!(tree.trace().channels[0].boundary, Some(Boundary::Node));
    tree.put(&format!("{battery}/status"), "Charging");
    let output = tree.recorded(&["--overwrite"], &["true"]);
    assert!(
        stderr(&output).contains("status Charging: its current is not what the machine draws"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_raspberry_pi_is_the_sum_of_its_rails() {
    let tree = Tree::new();
    let answer = "#!/bin/sh\ncat <<E\n 3V3_SYS_A current(1)=0.50000000A\n VDD_CORE_A current(7)=2.00000000A\n \
                  3V3_SYS_V volt(9)=3.30000000V\n VDD_CORE_V volt(15)=0.75000000V\n EXT5V_V volt(24)=5.1V\nE\n";
    tree.program("usr/bin/vcgencmd", answer);
    tree.recorded(&["--interval", "0.05"], &["sleep", "1.2"]);
    // 3.3 V times 0.5 A and 0.75 V times 2 A
    of_steady_power(&tree, 3.15);
}

#[test]
fn tegrastats_is_asked_where_the_kernel_shows_no_rails() {
    let tree = Tree::new();
    let script = "#!/bin/sh\nwhile :; do echo 'RAM 1/2MB CPU [1%@729] VDD_IN 7200mW/7100mW VDD_SOC 1000mW/900mW'; sleep 0.02; done\n";
    tree.program("usr/bin/tegrastats", script);
    tree.recorded(&["--interval", "0.05"], &["sleep", "0.4"]);
    of_steady_power(&tree, 7.2);
    let left = Command::new("pgrep").arg("-f").arg(tree.path("usr/bin/tegrastats")).output().unwrap();
    assert!(left.stdout.is_empty(), "tegrastats goes on");
}

#[test]
fn a_meter_is_a_file_that_grows_or_a_fifo() {
    let tree = Tree::new();
    tree.put("meter.log", "0;99.9\n");
    let meter = format!("{},unit=W,column=2,boundary=node", tree.path("meter.log").display());
    let script = "for i in 1 2 3 4 5 6 7 8 9; do echo \"$i;7.2\" >> meter.log; sleep 0.05; done";
    tree.recorded(&["--interval", "0.02", "--meter", &meter], &["sh", "-c", script]);
    of_steady_power(&tree, 7.2);

    let tree = Tree::new();
    let fifo = tree.path("meter");
    szilard_system::make_fifo(&fifo).unwrap();
    let script = "for i in 1 2 3 4 5 6 7 8 9; do echo $i 0.1 > meter; sleep 0.05; done; echo 9 1.1 > meter; sleep 0.1";
    // a counter of watt-hours: one of them is 3600 J
    let meter = format!("{},unit=Wh,column=2", fifo.display());
    tree.recorded(&["--interval", "0.02", "--meter", &meter], &["sh", "-c", script]);
    near(tree.joules(), 3600.0);
}

#[test]
fn a_serial_line_is_read_as_it_comes() {
    let tree = Tree::new();
    // two ends of a line that a terminal of the system makes; `script` holds one of them
    let listen = format!("tty > {0}/name; sleep 2", tree.root.display());
    let mut terminal =
        Command::new("script").args(["-qc", &listen, "/dev/null"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    tree::until(|| tree::written(&tree.path("name")));
    let line = std::fs::read_to_string(tree.path("name")).unwrap();
    let mut input = terminal.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || {
        use std::io::Write;
        for _ in 0..10 {
            let _ = input.write_all(b"P,7.2\r\n").and_then(|()| input.flush());
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    let meter = format!("{},unit=W,column=2,baud=115200", line.trim());
    let output = tree.recorded(&["--interval", "0.02", "--meter", &meter], &["sleep", "0.6"]);
    feeder.join().unwrap();
    let _ = terminal.wait();
    let found: Vec<String> = tree.rows().into_iter().filter(|row| row.ends_with(",7.2")).collect();
    assert!(found.len() >= 2, "{}: {:?}", stderr(&output), tree.rows());
}

#[test]
fn a_log_is_played_in_the_place_of_a_sensor_and_is_no_measurement() {
    let tree = Tree::new();
    // 7.2 W rising to 9.2 W in two seconds
    tree.put("log.csv", "time [s],power [W]\n0,7.2\n2,9.2\n");
    let log = tree.path("log.csv").display().to_string();
    let output = tree.recorded(&["--interval", "0.05", "--replay", &log, "--summary", "s.json"], &["sleep", "0.5"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said: serde_json::Value = serde_json::from_slice(&std::fs::read(tree.path("s.json")).unwrap()).unwrap();
    assert_eq!(said["energy"]["method"].as_str(), Some("modelled"), "{said:#}");
    let energy = tree.energy();
    let seconds = (energy.window_ns.1 - energy.window_ns.0) as f64 * 1e-9;
    let first: f64 = tree.rows()[0].split_once(',').unwrap().1.parse().unwrap();
    near(energy.energy.as_ref().unwrap().value(), (first + 0.5 * seconds) * seconds);
    assert!(energy.reasons.iter().any(|remark| remark.code == Code::Modelled));
}
