//! What holds for every scenario: the books close in each step, and bounds are kept.

use super::support::{Random, battery, daylight, heat_sink, of, scenario};
use szilard::edge::{Ambient, Battery, Demand, Node, Scenario, Series, Steps, Sun, simulate};

fn random(random: &mut Random) -> Scenario {
    let days = 1 + (3.0 * random.uniform()) as usize;
    let idle = if random.chance(0.1) { 0.0 } else { random.scale(0.1, 50.0) };
    let active = idle + if random.chance(0.1) { 0.0 } else { random.scale(0.01, 100.0) };
    let node = Node::new(&of(idle, "W"), &of(active, "W"), &of(random.scale(0.01, 1000.0), "s"), &of(50.0, "token"));
    let open = random.between(0.0, 86_000.0);
    let hours = [of(open, "s"), of(random.between(open + 1.0, 86_400.0), "s")];
    let calls = if random.chance(0.1) { 0.0 } else { random.scale(1.0, 1e6) };
    let demand = Demand::new(&of(calls, ""), random.chance(0.5).then_some(hours.each_ref())).unwrap();
    let harvest = |random: &mut Random| if random.chance(0.2) { 0.0 } else { random.scale(0.1, 5000.0) };
    let sun = if random.chance(0.3) {
        let time: Vec<f64> = (0..=24 * days).map(|hour| 3600.0 * hour as f64).collect();
        let power = time.iter().map(|_| if random.chance(0.3) { 0.0 } else { random.scale(0.01, 300.0) }).collect();
        Sun::series(Series::new(time, power).unwrap()).unwrap()
    } else {
        Sun::days((0..days).map(|_| of(harvest(random), "Wh")).collect(), daylight()).unwrap()
    };
    let cut_off = random.between(0.0, 0.9);
    let start = random.between(cut_off, 1.0);
    let battery = Battery::new(&of(random.scale(0.01, 5000.0), "Wh"), None).unwrap();
    let battery = battery.with_efficiency(&of(random.between(0.3, 1.0), "")).unwrap();
    let battery = battery.between(&of(cut_off, ""), &of(start, "")).unwrap();
    let mut made = Scenario::new(node.unwrap(), demand, sun, battery).unwrap().over(days as u32);
    if random.chance(0.7) {
        let (resistance, air) = (random.scale(0.1, 50.0), random.between(-20.0, 60.0));
        let node = heat_sink(resistance, random.scale(0.1, 5000.0), air, air + random.between(0.0, 80.0));
        made.thermal = Some(match random.chance(0.4) {
            // a leakage whose idle power stays above zero at the coldest air
            true => {
                let slope = (0.9 / resistance).min(0.5 * idle / 40.0) * random.uniform();
                node.leaking(&of(slope, "W/K"), &of(air + 273.15, "K")).unwrap()
            }
            false => node,
        });
        if random.chance(0.5) {
            made.ambient = Ambient::daily(&of(random.between(0.0, 30.0), "K"), &of(54_000.0, "s")).unwrap();
        }
    }
    made.steps = match random.chance(0.5) {
        true => Steps::Fixed(random.scale(60.0, 86_400.0)),
        false => Steps::Events(random.scale(60.0, 86_400.0)),
    };
    made
}

#[test]
fn harvest_is_load_and_change_and_curtailed_and_loss_in_every_step() {
    let mut seen = [0u64; 6];
    for seed in 0..3000 {
        let made = random(&mut Random::new(seed + 1));
        let capacity = made.battery.energy().to("J").unwrap().value();
        let outcome = simulate(&made).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for step in &outcome.steps {
            let terms = [step.load_j, step.stored_j, step.curtailed_j, step.loss_j];
            let size = step.harvest_j + terms.iter().map(|term| term.abs()).sum::<f64>() + capacity;
            let open = step.harvest_j - terms.iter().sum::<f64>();
            assert!(open.abs() <= 64.0 * f64::EPSILON * size, "seed {seed}: {open} J of {size} J in {step:?}");
            assert!(
                step.load_j >= 0.0 && step.curtailed_j >= -1e-9 * size && step.loss_j >= 0.0,
                "seed {seed}: {step:?}"
            );
            assert!(step.charge >= 0.0 && step.charge <= 1.0 + 1e-12, "seed {seed}: {step:?}");
            assert!(step.served >= 0.0 && step.on_s <= step.length_s * (1.0 + 1e-12), "seed {seed}: {step:?}");
            assert!(step.unserved.busy >= 0.0 && step.unserved.heat >= 0.0 && step.unserved.power >= 0.0);
            seen[0] += u64::from(step.curtailed_j > 0.0);
            seen[1] += u64::from(step.unserved.power > 0.0);
            seen[2] += u64::from(step.unserved.heat > 0.0);
            seen[3] += u64::from(step.unserved.busy > 0.0);
            seen[4] += u64::from(step.on_s < step.length_s);
            seen[5] += u64::from(step.throttled_s > 0.0);
        }
    }
    assert!(seen.iter().all(|count| *count > 500), "{seen:?}");
}

#[test]
fn calls_are_served_or_not_and_none_is_lost() {
    for seed in 0..1000 {
        let made = random(&mut Random::new(seed + 7_000_001));
        let asked = made.demand.calls_per_day.value() * f64::from(made.days);
        let outcome = simulate(&made).unwrap();
        let counted: f64 = outcome.days.iter().map(|day| day.sums.served + day.sums.unserved.all()).sum();
        assert!((counted - asked).abs() <= 1e-9 * asked, "seed {seed}: {counted} of {asked}");
    }
}

#[test]
fn a_board_does_not_pass_its_ceiling_by_its_calls() {
    for seed in 0..1000 {
        let mut draw = Random::new(seed + 9_000_001);
        let mut made = random(&mut draw);
        let (resistance, air) = (draw.scale(0.1, 50.0), draw.between(-20.0, 60.0));
        let ceiling = air + draw.between(0.0, 80.0);
        made.thermal = Some(heat_sink(resistance, draw.scale(0.1, 5000.0), air, ceiling));
        made.ambient = Ambient::Constant;
        let outcome = simulate(&made).unwrap();
        let hottest = outcome.days.iter().filter_map(|day| day.hottest_k).fold(0.0, f64::max);
        // what idling alone goes to may lie above it
        let idle = air + resistance * made.node.idle.value();
        assert!(hottest <= ceiling.max(idle) + 273.15 + 1e-6, "seed {seed}: {hottest} K, {ceiling} degC, {idle} degC");
    }
}

#[test]
fn a_larger_panel_or_battery_is_never_worse_without_a_heat_sink() {
    for seed in 0..1000 {
        let mut made = random(&mut Random::new(seed + 11_000_001));
        (made.thermal, made.ambient) = (None, Ambient::Constant);
        let before = simulate(&made).unwrap();
        let served = |outcome: &szilard::edge::Outcome| outcome.figure("tokens_served").unwrap().quantity.value();
        let capacity = made.battery.energy().to("Wh").unwrap().value();
        let mut larger = made.clone();
        larger.battery = Battery::new(&of(2.0 * capacity, "Wh"), None).unwrap();
        let after = simulate(&larger).unwrap();
        assert!(served(&after) >= served(&before) * (1.0 - 1e-9), "seed {seed}");
    }
}

#[test]
fn a_finer_step_of_an_even_day_changes_nothing() {
    // an even sun, an even demand: steps of any length give the same
    for seed in 0..1000 {
        let mut draw = Random::new(seed + 13_000_001);
        let mut made =
            scenario(&[1.0], battery(draw.scale(1.0, 500.0), 0.0, draw.uniform()), draw.scale(1.0, 20_000.0));
        let power = draw.scale(0.1, 20.0);
        made.sun = Sun::series(Series::new(vec![0.0, 172_800.0], vec![power, power]).unwrap()).unwrap();
        made.days = 2;
        if draw.chance(0.5) {
            made.thermal =
                Some(heat_sink(draw.scale(1.0, 20.0), draw.scale(1.0, 1000.0), 25.0, draw.between(40.0, 90.0)));
        }
        made.steps = Steps::Fixed(86_400.0);
        let coarse = simulate(&made).unwrap();
        made.steps = Steps::Fixed(draw.scale(500.0, 20_000.0));
        let fine = simulate(&made).unwrap();
        for (a, b) in coarse.figures.iter().zip(&fine.figures) {
            // the lowest charge is seen at ends of steps only
            if a.name != "least_charge" {
                let (name, a, b) = (a.name, a.quantity.value(), b.quantity.value());
                assert!((a - b).abs() <= 1e-7 * (a.abs() + 1.0), "seed {seed}, {name}: {a} {b}");
            }
        }
    }
}
