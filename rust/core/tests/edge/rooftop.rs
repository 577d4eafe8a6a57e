//! The rig of the thread: 3.8 W idle, 7.2 W active, 29.5 J a call, days of 320 Wh and 80 Wh.

use super::support::{battery, figure, of, quantity, scenario, thread_node, value};
use szilard::edge::{Battery, EdgeError, Size, budget, simulate, sizing};

#[test]
fn idle_alone_needs_91_2_wh_and_a_cloudy_day_fails_without_any_call() {
    let cloudy = budget(&thread_node(), &quantity("80 Wh")).unwrap();
    assert!((cloudy.idle.to("Wh").unwrap().value() - 91.2).abs() < 1e-12);
    assert!((cloudy.surplus.to("Wh").unwrap().value() + 11.2).abs() < 1e-12);
    assert!(cloudy.calls.is_none());
    // cloudy days only, no call at all, from a full battery of 256 Wh: full again on the first evening, it loses 11.2 Wh
    // a day, and from evening (sun below 3.8 W) to morning it gives 50.9 Wh: 256 - 19 · 11.2 = 43.2 Wh are too few
    let outcome = simulate(&scenario(&[80.0], battery(256.0, 0.0, 1.0), 0.0).over(40)).unwrap();
    let first_off = outcome.days.iter().position(|day| day.sums.on_s < 86_399.0).unwrap();
    assert_eq!(first_off, 20);
    // from then on it is on for 80/91.2 of the time
    let last = &outcome.days[39].sums;
    assert!((last.on_s / 86_400.0 - 80.0 / 91.2).abs() < 1e-9, "{}", last.on_s / 86_400.0);
}

#[test]
fn the_surplus_of_a_sunny_day_is_bounded_by_time_and_not_by_energy() {
    let sunny = budget(&thread_node(), &quantity("320 Wh")).unwrap();
    // 228.8 Wh at 13.94 J above idle
    assert!((sunny.calls_by_energy.unwrap().value() - 228.8 * 3600.0 / 13.94).abs() < 1e-6);
    assert!((sunny.calls_by_time.value() - 86_400.0 / 4.1).abs() < 1e-9);
    assert!((sunny.calls.unwrap().value() - 86_400.0 / 4.1).abs() < 1e-9);
    // answering all day takes 172.8 Wh
    let outcome = simulate(&scenario(&[320.0], battery(256.0, 0.0, 1.0), 86_400.0 / 4.1)).unwrap();
    assert!((value(&outcome, "load") - 172.8).abs() < 1e-9);
    assert!((value(&outcome, "served_share") - 1.0).abs() < 1e-9);
}

#[test]
fn a_hundred_calls_drain_by_the_voltage_that_is_meant() {
    // 20 Ah are 256 Wh at 12.8 V and 64 Wh at 3.2 V
    for (volts, percent) in [("12.8 V", 0.3203125), ("3.2 V", 1.28125)] {
        let battery = Battery::new(&quantity("20 Ah"), Some(&quantity(volts))).unwrap();
        let share = battery.share(&thread_node().energy_per_call().unwrap(), 100).unwrap();
        assert!((share.to("%").unwrap().value() - percent).abs() < 1e-12);
    }
}

#[test]
fn a_throttle_at_28_degrees_gives_the_resistance() {
    // 7.2 W at 28 degC with a limit of 97 degC: 69 K over 7.2 W
    let resistance = quantity("69 K").over(&quantity("7.2 W")).unwrap();
    assert!((resistance.value() - 9.583333333333334).abs() < 1e-12);
}

#[test]
fn more_calls_than_fit_into_the_day_are_not_served_for_want_of_time() {
    let outcome = simulate(&scenario(&[320.0], battery(256.0, 0.0, 1.0), 2.0 * 86_400.0 / 4.1)).unwrap();
    assert!((value(&outcome, "served_share") - 0.5).abs() < 1e-9);
    assert!((value(&outcome, "unserved_busy") - 50.0 * 86_400.0 / 4.1).abs() < 1e-3);
    assert_eq!((value(&outcome, "unserved_power"), value(&outcome, "unserved_heat")), (0.0, 0.0));
}

#[test]
fn sizes_are_found_and_what_cannot_be_is_said() {
    // a year of sunny days: the panel must give idle and 1000 calls, 91.2 Wh + 3.8722 Wh of the 320 Wh
    let rig = scenario(&[320.0], battery(2560.0, 0.0, 1.0), 1000.0).over(365);
    let panel = sizing(&rig, Size::Panel, 1.0).unwrap();
    let needed = (91.2 + 1000.0 * 13.94 / 3600.0) / 320.0;
    // the battery that starts full gives 2560/365 Wh a day
    let from_battery = 2560.0 / 365.0 / 320.0;
    assert!(panel.size.value() < needed && panel.size.value() > needed - 1.1 * from_battery, "{}", panel.size);
    assert_eq!(panel.reliability, 1.0);
    let battery_only = sizing(&scenario(&[80.0], battery(256.0, 0.0, 1.0), 0.0), Size::Battery, 1.0).unwrap();
    assert!(battery_only.size.value() <= 256.0);
    // more calls than time
    let busy = sizing(&scenario(&[320.0], battery(256.0, 0.0, 1.0), 30_000.0), Size::Panel, 0.9).unwrap_err();
    assert!(matches!(&busy, EdgeError::Unreachable { reason, .. } if reason.contains("more time")), "{busy}");
    // the most calls of sunny days, by time
    let calls = sizing(&scenario(&[320.0], battery(256.0, 0.0, 1.0), 100.0).over(10), Size::Calls, 1.0).unwrap();
    assert!((calls.size.value() / (86_400.0 / 4.1) - 1.0).abs() < 2e-3, "{}", calls.size);
}

#[test]
fn an_uncertain_panel_makes_the_answer_uncertain() {
    let mut rig = scenario(&[80.0], battery(256.0, 0.0, 0.0), 0.0).over(10);
    let harvest = of(80.0, "Wh").with_half_width(4.0, "panel").unwrap();
    rig.sun = szilard::edge::Sun::days(vec![harvest], super::support::daylight()).unwrap();
    rig.trials = 400;
    let outcome = simulate(&rig).unwrap();
    // ten days share one panel: 800 Wh with u = 10 · 4/√3 Wh
    let harvest = figure(&outcome, "harvest");
    assert!((harvest.quantity.value() - 800.0).abs() < 4.0 * 23.1 / 20.0, "{}", harvest.quantity);
    assert!((harvest.quantity.u() / (40.0 / 3f64.sqrt()) - 1.0).abs() < 0.1, "{}", harvest.quantity);
    let [low, high] = harvest.interval();
    assert!(low > 760.0 && high < 840.0 && high - low > 70.0);
    // all of it is used, but for what is in the battery at the end
    let left = value(&outcome, "load") + 256.0 * value(&outcome, "end_charge") - value(&outcome, "harvest");
    assert!(left.abs() < 1e-9, "{left}");
    // the same seed, the same trials on one thread
    let alone = szilard::parallel::on_threads(1, || simulate(&rig).unwrap());
    assert_eq!(value(&alone, "load"), value(&outcome, "load"));
}
