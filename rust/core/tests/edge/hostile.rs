//! Inputs that cannot be are refused with a reason; extreme ones give finite numbers.

use super::support::{battery, daylight, heat_sink, of, quantity, scenario, value};
use szilard::edge::{
    Ambient, Battery, DayKind, Demand, EdgeError, Node, Scenario, Series, Size, Steps, Sun, simulate, sizing,
};
use szilard::quantity::Distribution;

#[test]
fn what_cannot_be_is_refused() {
    let node = |texts: [&str; 4]| {
        let [idle, active, time, tokens] = texts.map(quantity);
        Node::new(&idle, &active, &time, &tokens)
    };
    assert!(node(["-1 W", "7.2 W", "4.1 s", "50 token"]).is_err());
    assert!(node(["3.8 W", "3.7 W", "4.1 s", "50 token"]).is_err());
    assert!(node(["3.8 W", "7.2 W", "0 s", "50 token"]).is_err());
    assert!(node(["3.8 W", "7.2 W", "4.1 s", "0 token"]).is_err());
    assert!(node(["3.8 Wh", "7.2 W", "4.1 s", "50 token"]).is_err());
    assert!(node(["3.8 W", "7.2 W", "4.1 s", "50"]).is_err());
    assert!(Demand::new(&of(-1.0, ""), None).is_err());
    let hours = ["20 h", "8 h", "25 h"].map(quantity);
    assert!(Demand::new(&of(1.0, ""), Some([&hours[0], &hours[1]])).is_err());
    assert!(Demand::new(&of(1.0, ""), Some([&hours[1], &hours[2]])).is_err());
    assert!(Demand::new(&of(1.0, ""), Some([&hours[1], &hours[1]])).is_err());
    let whole = || Battery::new(&quantity("256 Wh"), None).unwrap();
    for efficiency in ["0", "-0.1", "1.1", "1 W"] {
        assert!(whole().with_efficiency(&quantity(efficiency)).is_err(), "{efficiency}");
    }
    assert!(whole().between(&of(1.0, ""), &of(1.0, "")).is_err());
    assert!(whole().between(&of(0.5, ""), &of(0.4, "")).is_err());
    assert!(Sun::days(vec![], daylight()).is_err());
    assert!(Sun::days(vec![of(-1.0, "Wh")], daylight()).is_err());
    assert!(Sun::series(Series::new(vec![0.0, 1.0], vec![1.0, -1.0]).unwrap()).is_err());
    let kind = |share: f64| DayKind { name: "a".to_owned(), harvest: of(1.0, "Wh"), share: of(share, "") };
    assert!(Sun::kinds(vec![kind(0.5), kind(0.4)], daylight()).is_err());
    assert!(Sun::kinds(vec![], daylight()).is_err());
}

#[test]
fn a_scenario_that_is_none_is_refused() {
    let rig = || scenario(&[320.0, 80.0], battery(256.0, 0.2, 1.0), 100.0);
    let refused = |change: &dyn Fn(&mut Scenario)| {
        let mut made = rig();
        change(&mut made);
        simulate(&made).unwrap_err().to_string()
    };
    assert!(refused(&|made| made.days = 0).contains("the days"));
    assert!(refused(&|made| made.days = u32::MAX).contains("the days"));
    for length in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300] {
        assert!(refused(&|made| made.steps = Steps::Fixed(length)).contains("step"), "{length}");
        assert!(refused(&|made| made.steps = Steps::Events(length)).contains("step"), "{length}");
    }
    assert!(refused(&|made| (made.days, made.steps) = (36_525, Steps::Fixed(1.0))).contains("at most 10 000 000"));
    let daily = Ambient::daily(&quantity("5 K"), &quantity("15 h")).unwrap();
    assert!(refused(&|made| made.ambient = daily.clone()).contains("thermal node"));
    let short = Series::new(vec![0.0, 86_400.0], vec![1.0, 1.0]).unwrap();
    assert!(refused(&|made| made.sun = Sun::series(short.clone()).unwrap()).contains("last"));
    // an efficiency that may be above 1
    let loose = of(0.95, "").with_u(0.05, "efficiency", Distribution::Normal).unwrap();
    let made = refused(&|made| made.battery = made.battery.clone().with_efficiency(&loose).unwrap());
    assert!(made.contains("efficiency of the battery") && made.contains("drawn"), "{made}");
    let loose = of(1.0, "").with_u(0.0, "x", Distribution::Normal).unwrap();
    let mut exact = rig();
    exact.battery = exact.battery.clone().with_efficiency(&loose).unwrap();
    assert!(simulate(&exact).is_ok());
    assert!(
        refused(&|made| {
            made.trials = 1;
            made.node.idle = of(3.8, "W").with_u(0.1, "meter", Distribution::Normal).unwrap();
        })
        .contains("at least 2")
    );
    assert!(
        refused(&|made| {
            made.trials = usize::MAX;
            made.node.idle = of(3.8, "W").with_u(0.1, "meter", Distribution::Normal).unwrap();
        })
        .contains("fewer trials")
    );
}

#[test]
fn a_board_in_the_cold_whose_leakage_would_give_power_is_refused() {
    let mut made = scenario(&[320.0], battery(256.0, 0.0, 1.0), 1.0);
    let node = heat_sink(1.0, 60.0, -40.0, 90.0).leaking(&quantity("0.5 W/K"), &quantity("25 degC")).unwrap();
    made.thermal = Some(node);
    assert!(matches!(simulate(&made), Err(EdgeError::Range { .. })));
}

#[test]
fn night_only_tiny_and_huge_give_finite_numbers() {
    let cases = [
        scenario(&[0.0], battery(256.0, 0.0, 0.0), 1e9),
        scenario(&[1e12], battery(1e-9, 0.0, 0.0), 1.0),
        scenario(&[1e-12], battery(1e12, 0.999, 0.999), 1e-6),
        scenario(&[320.0, 0.0], battery(256.0, 0.2, 0.2), 0.0),
    ];
    for made in cases {
        let mut made = made.over(3);
        for node in [None, Some(heat_sink(1e-6, 1e-6, 20.0, 20.0)), Some(heat_sink(1e6, 1e9, 20.0, 1000.0))] {
            made.thermal = node;
            let outcome = simulate(&made).unwrap();
            assert!(outcome.figures.iter().all(|figure| figure.quantity.value().is_finite()));
            assert!((0.0..=1.0).contains(&value(&outcome, "served_share")));
        }
    }
}

#[test]
fn a_century_in_quarters_of_an_hour_is_carried_out() {
    let outcome = simulate(&scenario(&[320.0, 80.0], battery(256.0, 0.2, 1.0), 1000.0).over(36_500)).unwrap();
    assert_eq!(outcome.days.len(), 36_500);
    let open =
        value(&outcome, "harvest") - value(&outcome, "load") - value(&outcome, "curtailed") - value(&outcome, "loss");
    // what is left in the battery
    assert!((open - 256.0 * (value(&outcome, "end_charge") - 1.0)).abs() < 1e-3, "{open}");
}

#[test]
fn sizes_that_make_no_sense_are_refused() {
    let rig = scenario(&[320.0], battery(256.0, 0.0, 1.0), 0.0);
    for reliability in [0.0, -1.0, 1.1, f64::NAN] {
        assert!(sizing(&rig, Size::Panel, reliability).is_err());
    }
    assert!(sizing(&rig, Size::Calls, 0.9).unwrap_err().to_string().contains("search"));
    // no sun at all: no panel helps
    let night = scenario(&[0.0], battery(256.0, 0.0, 1.0), 10.0).over(30);
    let reason = sizing(&night, Size::Panel, 0.99).unwrap_err().to_string();
    assert!(reason.contains("no panel"), "{reason}");
    // the sun gives less than idling takes: no battery helps for a year but one that lasts it
    let cloudy = scenario(&[80.0], battery(256.0, 0.0, 1.0), 10.0).over(365);
    let size = sizing(&cloudy, Size::Battery, 1.0).unwrap();
    // 11.2 Wh a day and ten calls of 13.94 J
    let needed = 365.0 * (11.2 + 10.0 * 13.94 / 3600.0);
    assert!((size.size.value() / needed - 1.0).abs() < 0.03, "{} for {needed}", size.size);
}
