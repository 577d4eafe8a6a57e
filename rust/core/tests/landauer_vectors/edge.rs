//! Figures of the two seed texts and heat at the edge.

use super::vector::{Vector, quantity};
use szilard::edge::{
    Battery, LatentStore, ThermalNode, Throttle, TroughReceiver, exchanger_effectiveness, exergy_factor,
    stream_exergy_factor,
};
use szilard::landauer::{landauer_limit, landauer_units};
use szilard::quantity::units::f64::*;
use szilard::quantity::units::{
    energy::joule, frequency::hertz, information::bit, information_per_token::bit_per_token, power::watt,
};
use szilard::quantity::{Quantity, calculate};

pub fn checks(vector: &mut Vector) {
    let calculated = |text: &str, unit: &str| calculate(text).unwrap().to(unit).unwrap().value();
    match vector.name {
        "seed_battery" => {
            let charge = quantity(&format!("{} Ah", vector.input("Ah")));
            let voltage = quantity(&format!("{} V", vector.input("V")));
            let battery = Battery::new(&charge, Some(&voltage)).unwrap();
            // a call of 7.2 W for 4.1 s takes 29.52 J
            let call = calculate("7.2 W * 4.1 s").unwrap();
            let share = battery.share(&call, vector.whole("calls")).unwrap();
            vector.is("battery_Wh", battery.energy().to("Wh").unwrap().value());
            vector.is("used_Wh", battery.energy().times(&share).unwrap().to("Wh").unwrap().value());
            vector.is("percent", share.to("%").unwrap().value());
        }
        "seed_176TWh" => {
            vector.is("GW", calculated("176 TWh / 8760 h", "GW"));
            vector.is("overhead_if_IT_TWh", calculated("176 TWh * (1.2 - 1)", "TWh"));
            vector.is("overhead_if_total_TWh", calculated("176 TWh * (1 - 1 / 1.2)", "TWh"));
        }
        "seed_dc_gpu" => {
            vector.is("tok_per_J", calculated("1000 token/s / 2400 W", "token/J"));
            vector.is("tok_per_Wh", calculated("1000 token/s / 2400 W", "token/Wh"));
            vector.is("kWh_per_Mtok", calculated("2400 W / (1000 token/s)", "kWh/Mtoken"));
        }
        "seed_tokens_per_Wh_floor" => {
            let information = InformationPerToken::new::<bit_per_token>(vector.input("bits_per_token"));
            let floor = Quantity::from(landauer_limit(vector.temperature()).unwrap() * information);
            let tokens = Quantity::number(1.0).unwrap().over(&floor).unwrap();
            vector.is("", tokens.to("token/Wh").unwrap().value());
        }
        "brwng_h100_check" => {
            let bits = Information::new::<bit>(vector.input("transistors"));
            let clock = Frequency::new::<hertz>(vector.input("Hz"));
            let power: Power = landauer_limit(vector.temperature()).unwrap() * bits * clock;
            vector.is("W", power.get::<watt>());
            vector.is("ratio", vector.input("P_W") / power.get::<watt>());
        }
        "metavert_brain_check" => {
            let rate = Frequency::new::<hertz>(vector.input("ops_per_s"));
            let operation: Energy = Power::new::<watt>(vector.input("W")) / rate;
            vector.is("J_per_op", operation.get::<joule>());
            vector.is("over_kTln2", landauer_units(operation, vector.temperature()).unwrap().get::<bit>());
        }
        name if name.starts_with("landauer_units_") => {
            let energy = Energy::new::<joule>(vector.input("J_per_token"));
            let bits = landauer_units(energy, vector.temperature()).unwrap().get::<bit>();
            vector.is("bits", bits);
            vector.is("log10", bits.log10());
        }
        _ => {}
    }
}

pub fn heat(vector: &mut Vector) {
    let with = |key: &str, unit: &str| quantity(format!("{} {unit}", vector.input(key)).trim_end());
    let celsius = |key: &str| Quantity::from(vector.celsius(key));
    let board = |capacity: Quantity| {
        ThermalNode::new(&with("R_K_W", "K/W"), &capacity, &celsius("Ta_C"), &celsius("Tth_C")).unwrap()
    };
    match vector.name {
        "carnot_45C" | "exergy_60C" => {
            let factor = exergy_factor(&celsius("T_C"), &celsius("T0_C")).unwrap();
            vector.is("", factor.value());
        }
        "exergy_stream_60_to_40" => {
            let [hot, cold, ambient] = ["Th_C", "Tc_C", "T0_C"].map(celsius);
            let factor = stream_exergy_factor(&hot, &cold, &ambient).unwrap();
            vector.is("", factor.value());
        }
        "rc_max_power" => {
            let power = board(quantity("60 J/K")).max_power().unwrap();
            vector.is("", power.value());
        }
        "rc_time_to_throttle" => {
            let throttle = board(with("C_J_K", "J/K")).time_to_throttle(&with("P_W", "W")).unwrap();
            let Throttle::After(time) = throttle else { panic!("throttles") };
            vector.is("", time.value());
        }
        name if name.starts_with("entu_") => {
            let found = exchanger_effectiveness(&with("NTU", ""), &with("Cr", "")).unwrap();
            vector.is("", found.value());
        }
        "pcm_store" => {
            let [solid, liquid] = ["cs", "cl"].map(|key| with(key, "J/(kg*K)"));
            let (mass, fusion) = (with("m_kg", "kg"), with("L_J_kg", "J/kg"));
            let store = LatentStore::new(&mass, &fusion, &celsius("Tm_C"), &solid, &liquid).unwrap();
            let heat = store.heat(&celsius("T1_C"), &celsius("T2_C")).unwrap();
            vector.is("", heat.to("J").unwrap().value());
        }
        name if name.starts_with("trough_PTR70_") => {
            let receiver = TroughReceiver::SCHOTT_PTR70_2008;
            assert_eq!((receiver.linear, receiver.quartic), (vector.input("A"), vector.input("B")));
            let loss = receiver.loss(&celsius("T_abs_C")).unwrap();
            vector.is("", loss.value);
        }
        _ => {}
    }
}
