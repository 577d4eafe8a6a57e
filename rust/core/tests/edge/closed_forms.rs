//! Simulations against closed forms.

use super::support::{battery, heat_sink, of, quantity, scenario, value};
use szilard::edge::{Ambient, Series, Steps, Sun, simulate};

#[test]
fn an_empty_battery_at_night_goes_off_when_it_is_spent() {
    // 3.8 W from 38 Wh: 10 h, whatever the steps
    for steps in [Steps::Fixed(900.0), Steps::Fixed(7000.0), Steps::Events(86_400.0), Steps::Fixed(86_400.0)] {
        let mut rig = scenario(&[0.0], battery(38.0, 0.0, 1.0), 0.0);
        rig.steps = steps;
        let outcome = simulate(&rig).unwrap();
        assert!((value(&outcome, "off") - 14.0).abs() < 1e-9, "{steps:?}: {}", value(&outcome, "off"));
        assert_eq!(value(&outcome, "end_charge"), 0.0);
    }
}

#[test]
fn a_cut_off_keeps_its_share() {
    let outcome = simulate(&scenario(&[0.0], battery(100.0, 0.2, 1.0), 0.0).over(2)).unwrap();
    assert!((value(&outcome, "load") - 80.0).abs() < 1e-9);
    assert_eq!(value(&outcome, "least_charge"), 0.2);
}

#[test]
fn what_is_stored_pays_the_efficiency_and_what_is_used_at_once_does_not() {
    // no load: 100 Wh of sun at 80 % are 80 Wh in the battery
    let mut rig = scenario(&[100.0], battery(1000.0, 0.0, 0.0), 0.0);
    rig.battery = rig.battery.with_efficiency(&quantity("80 %")).unwrap();
    rig.node.idle = quantity("0 W");
    let outcome = simulate(&rig).unwrap();
    assert!((value(&outcome, "end_charge") - 0.08).abs() < 1e-12);
    assert!((value(&outcome, "loss") - 20.0).abs() < 1e-9);
    // a cut-off node on an even sun of h < P: on for ηh/(ηh + P - h) of the time
    let mut rig = scenario(&[0.0], battery(10.0, 0.0, 0.0), 0.0);
    rig.battery = rig.battery.with_efficiency(&quantity("80 %")).unwrap();
    rig.sun = Sun::series(Series::new(vec![0.0, 86_400.0], vec![1.9, 1.9]).unwrap()).unwrap();
    let outcome = simulate(&rig).unwrap();
    let on = 0.8 * 1.9 / (0.8 * 1.9 + 3.8 - 1.9);
    assert!((value(&outcome, "off") - 24.0 * (1.0 - on)).abs() < 1e-9);
}

#[test]
fn a_board_warms_up_as_the_exponential_says_and_is_held_at_its_ceiling() {
    // R = 9.5 K/W, C = 60 J/K, 28 degC, 80 degC: at 7.2 W it throttles after 814 s and carries 5.4737 W from then on
    let mut rig = scenario(&[0.0], battery(10_000.0, 0.0, 1.0), 86_400.0 / 4.1);
    rig.thermal = Some(heat_sink(9.5, 60.0, 28.0, 80.0));
    let time = 814.012_149_185_060_7;
    let sustained = 52.0 / 9.5;
    let duty = (sustained - 3.8) / 3.4;
    for steps in [Steps::Fixed(60.0), Steps::Fixed(3600.0), Steps::Events(86_400.0)] {
        rig.steps = steps;
        let outcome = simulate(&rig).unwrap();
        assert!((value(&outcome, "throttled") * 3600.0 - (86_400.0 - time)).abs() < 1e-6, "{steps:?}");
        let served = 50.0 * (time + duty * (86_400.0 - time)) / 4.1;
        assert!((value(&outcome, "tokens_served") / served - 1.0).abs() < 1e-9, "{steps:?}");
        assert!((value(&outcome, "load") - (7.2 * time + sustained * (86_400.0 - time)) / 3600.0).abs() < 1e-6);
        assert!((outcome.days[0].hottest_k.unwrap() - 353.15).abs() < 1e-9);
    }
    // below the ceiling the end of the first minute is on the exponential
    rig.steps = Steps::Fixed(60.0);
    let outcome = simulate(&rig).unwrap();
    let expected = 301.15 + 68.4 * (1.0 - (-60.0f64 / 570.0).exp());
    assert!((outcome.steps[0].temperature_k.unwrap() - expected).abs() < 1e-9);
}

#[test]
fn leakage_settles_where_the_steady_state_says() {
    let mut rig = scenario(&[0.0], battery(10_000.0, 0.0, 1.0), 0.0);
    let node = heat_sink(9.5, 60.0, 28.0, 97.0);
    rig.thermal = Some(node.leaking(&quantity("0.02 W/K"), &of(301.15, "K")).unwrap());
    let outcome = simulate(&rig).unwrap();
    // 3.8 W at 28 degC and 0.02 W more for each K: 36.1 K/0.81
    let rise = 36.1 / 0.81;
    assert!((outcome.steps.last().unwrap().temperature_k.unwrap() - 301.15 - rise).abs() < 1e-9);
    // the last day-end power is what the heat sink carries off
    let last = outcome.steps.last().unwrap();
    assert!((last.load_j / last.length_s - rise / 9.5).abs() < 1e-9);
}

#[test]
fn air_above_the_ceiling_stops_calls_until_it_cools() {
    let mut rig = scenario(&[0.0], battery(10_000.0, 0.0, 1.0), 1000.0);
    rig.thermal = Some(heat_sink(0.001, 1.0, 30.0, 35.0));
    rig.ambient = Ambient::daily(&quantity("10 K"), &quantity("15 h")).unwrap();
    rig.steps = Steps::Fixed(60.0);
    let outcome = simulate(&rig).unwrap();
    // cos > 0.5 for a third of the day, but for a heat sink of 1 mK/W
    assert!((value(&outcome, "throttled") - 8.0).abs() < 0.05, "{}", value(&outcome, "throttled"));
    assert!((value(&outcome, "served_share") - 2.0 / 3.0).abs() < 3e-3);
}

#[test]
fn days_drawn_from_kinds_have_their_shares() {
    let mut rig = scenario(&[0.0], battery(256.0, 0.0, 1.0), 0.0).over(200);
    let kind = |name: &str, wh: f64, share: f64| szilard::edge::DayKind {
        name: name.to_owned(),
        harvest: of(wh, "Wh"),
        share: of(share, ""),
    };
    rig.sun =
        Sun::kinds(vec![kind("sunny", 320.0, 0.7), kind("cloudy", 80.0, 0.3)], super::support::daylight()).unwrap();
    rig.trials = 200;
    rig.steps = Steps::Events(86_400.0);
    let outcome = simulate(&rig).unwrap();
    // a binomial of 200 days: mean 248 Wh, sd of a day 240 √0.21 Wh
    let harvest = super::support::figure(&outcome, "harvest");
    let day = 240.0 * 0.21f64.sqrt() * 200f64.sqrt();
    assert!((harvest.quantity.value() - 200.0 * 248.0).abs() < 4.0 * day / 200f64.sqrt());
    assert!((harvest.quantity.u() / day - 1.0).abs() < 0.2);
    assert!(outcome.is_one_of_many);
}
