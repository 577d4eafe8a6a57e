//! Constants, erasure, circuits, finite time, technology and reliability.

use super::vector::{Vector, erased, kelvins, number, quantity};
use szilard::landauer::bounds::{
    Circuit, Memory, OPERATIONS_PER_JOULE, Reset, bremermann_rate, held_information, least_energy_over_noise,
    least_energy_over_noise_in_decibels, mac_information, multi_information, register_information, register_width,
    reset_information, slow_penalty, speed_energy, speed_time,
};
use szilard::landauer::reliability::{
    barrier, charge_energy, least_supply, noise_margin, retention_barrier, thermal_energy, thermal_voltage,
};
use szilard::landauer::{Precision, landauer_limit, landauer_units, minimum_work};
use szilard::quantity::Quantity;
use szilard::quantity::units::f64::*;
use szilard::quantity::units::{
    diffusivity::square_meter_per_second, electric_potential::volt, energy::joule, frequency::hertz, information::bit,
    information_per_token::bit_per_token, length::meter, time::second,
};

pub fn constants(vector: &mut Vector) {
    match vector.name {
        name if name.starts_with("kTln2_") => {
            let limit = landauer_limit(vector.temperature()).unwrap() * Information::new::<bit>(1.0);
            vector.is("J", limit.get::<joule>());
            vector.is("eV", Quantity::from(limit).to("eV").unwrap().value());
            vector.is("zJ", Quantity::from(limit).to("zJ").unwrap().value());
        }
        "kT_over_q_300K" => vector.is("", thermal_voltage(vector.temperature()).unwrap().get::<volt>()),
        "landauer_bits_per_joule_300K" | "entropy_export_1J_298.15K" => {
            let entropy = landauer_units(Energy::new::<joule>(1.0), vector.temperature()).unwrap();
            vector.is("", entropy.get::<bit>());
        }
        "landauer_bits_per_kWh_300K" => {
            let energy: Energy = quantity("1 kWh").as_static().unwrap();
            vector.is("", landauer_units(energy, vector.temperature()).unwrap().get::<bit>());
        }
        _ => {}
    }
}

pub fn erasure(vector: &mut Vector) {
    match vector.name {
        "sampling_sign" => {
            // a draw fills a blank register with H(p) = 1.75 bit, a reset empties it, and the cycle is free
            let p: Vec<f64> = vector.inputs["p"].as_array().unwrap().iter().map(number).collect();
            let drawn = Information::new::<bit>(-p.iter().map(|p| p * p.log2()).sum::<f64>());
            let blank = Information::new::<bit>(0.0);
            let draw = minimum_work(blank, drawn, vector.temperature()).unwrap();
            let reset = minimum_work(drawn, blank, vector.temperature()).unwrap();
            vector.is("W_min_sample_J", draw.get::<joule>());
            vector.is("W_min_reset_J", reset.get::<joule>());
            vector.is("W_min_cycle_J", (draw + reset).get::<joule>());
        }
        name if name.starts_with("register_blind_") => {
            let vocabulary = u128::from(vector.whole("V"));
            let bits = register_information(vocabulary).get::<bit_per_token>();
            vector.is("log2V_bit", bits);
            vector.is("J", erased(bits));
            vector.is_whole("ceil_bits", register_width(vocabulary).into());
        }
        name if name.starts_with("naive_MAC_") => {
            let precision: Precision = name.trim_start_matches("naive_MAC_").parse().unwrap();
            assert_eq!(precision.weight, vector.input("b_w"));
            assert_eq!(u64::from(precision.activation), vector.whole("b_a"));
            let bits = mac_information(precision).get::<bit>();
            vector.is("bits", bits);
            vector.is("J", erased(bits));
        }
        _ => {}
    }
}

pub fn circuits(vector: &mut Vector) {
    let erased = |word: &str| word.parse::<Circuit>().unwrap().erased().get::<bit>();
    match vector.name {
        "mismatch_reset" => {
            let p: Vec<f64> = vector.inputs["p"].as_array().unwrap().iter().map(number).collect();
            let (entropy, mismatch) = reset_information(&p, &[0.25; 4]).unwrap();
            vector.is("landauer_bit", entropy.get::<bit>());
            vector.is("mismatch_bit", mismatch.get::<bit>());
            vector.is("total_bit", (entropy + mismatch).get::<bit>());
        }
        "modularity_two_copies" => {
            let (joint, excess) = multi_information(&[(&[0, 0], 0.5), (&[1, 1], 0.5)]).unwrap();
            vector.is("joint_bit", joint.get::<bit>());
            vector.is("blind_separate_bit", (joint + excess).get::<bit>());
            vector.is("multi_information_bit", excess.get::<bit>());
        }
        "NAND_uniform_erasure" => vector.is("", erased("nand")),
        "full_adder_uniform_erasure" => vector.is("", erased("full-adder")),
        name if name.ends_with("_erasure") => {
            let circuit = name.trim_end_matches("_erasure").replace('_', "-");
            let lost = erased(&circuit);
            vector.is("erased_bit", lost);
            vector.is("H_out_bit", f64::from(circuit.parse::<Circuit>().unwrap().inputs()) - lost);
        }
        _ => {}
    }
}

pub fn finite_time(vector: &mut Vector) {
    let well = |vector: &Vector, free| Reset::Overdamped {
        diffusivity: Diffusivity::new::<square_meter_per_second>(vector.input("D_m2_s")),
        half_spacing: Length::new::<meter>(vector.input("a_m")),
        time: Time::new::<second>(1e-3),
        free,
    };
    match vector.name {
        "finite_time_two_level_bound" => {
            // mu tau is all that counts: 1 kHz for 0.1 s
            let (relaxation, time) = (Frequency::new::<hertz>(1000.0), vector.input("mu_tau") / 1000.0);
            let reset = Reset::TwoState { relaxation, time: Time::new::<second>(time), error: vector.input("eps") };
            let total = reset.least().unwrap() + reset.penalty().unwrap();
            vector.is("landauer_kT", reset.least().unwrap());
            vector.is("penalty_kT", reset.penalty().unwrap());
            vector.is("total_kT", total);
            vector.is("total_J", total * thermal_energy(vector.temperature()).unwrap().get::<joule>());
        }
        "finite_time_slow_asymptote" => {
            vector.is("", slow_penalty(vector.input("eps"), vector.input("mu_tau")).unwrap());
        }
        "finite_time_transport_free_final" => {
            let [fixed, free] = [false, true].map(|free| well(vector, free).penalty().unwrap());
            vector.is("ratio_fixed_to_free", fixed / free);
        }
        _ => {}
    }
}

pub fn technology(vector: &mut Vector) {
    let over_limit = |energy: f64| energy / erased(1.0);
    match vector.name {
        "shannon_min_EbN0" => {
            vector.is("lin", least_energy_over_noise());
            vector.is("dB", least_energy_over_noise_in_decibels());
        }
        name if name.starts_with("tech_") => {
            let kind = name.split('_').nth(1).unwrap().to_lowercase();
            let memory = Memory::named(&kind).unwrap();
            assert!((memory.transfer / (vector.input("pJ_per_bit") * 1e-12) - 1.0).abs() < 1e-15);
            vector.is("", over_limit(memory.transfer));
        }
        "ho2023_4.7e15_FP4_per_J" => {
            assert_eq!(OPERATIONS_PER_JOULE, vector.input("FLOP_per_J"));
            vector.is("J_per_FLOP", 1.0 / OPERATIONS_PER_JOULE);
            vector.is("kTln2_per_FLOP", over_limit(1.0 / OPERATIONS_PER_JOULE));
        }
        "margolus_levitin_1ns" => {
            vector.is("", speed_energy(Time::new::<second>(vector.input("t_s"))).unwrap().get::<joule>());
        }
        "ML_time_at_kTln2_300K" => {
            vector.is("", speed_time(Energy::new::<joule>(erased(1.0))).unwrap().get::<second>());
        }
        "bremermann" => vector.is("", bremermann_rate()),
        _ => {}
    }
}

pub fn reliability(vector: &mut Vector) {
    let room = kelvins(300.0);
    let in_kt = |energy: Energy| energy.get::<joule>() / thermal_energy(room).unwrap().get::<joule>();
    match vector.name {
        "barrier_retention" => {
            let attempts = Frequency::new::<hertz>(vector.input("attempt_rate_per_s"));
            let hold = Time::new::<second>(vector.input("hold_s"));
            let energy = retention_barrier(attempts, hold, vector.input("p_err"), room).unwrap();
            vector.is("", in_kt(energy));
        }
        name if name.starts_with("barrier_perr_") => {
            let probability = vector.input("p_err");
            let energy = barrier(probability, vector.temperature()).unwrap();
            vector.is("kT", in_kt(energy));
            vector.is("J", energy.get::<joule>());
            vector.is("over_kTln2", held_information(probability).unwrap().get::<bit>());
        }
        name if name.starts_with("kTC_noise_") => {
            let probability = vector.input("p_err");
            let half = in_kt(charge_energy(probability, room).unwrap());
            vector.is("x", noise_margin(probability).unwrap());
            vector.is("half_CV2_kT", half);
            vector.is("CV2_kT", 2.0 * half);
        }
        "meindl_davis_vdd_min_300K" => vector.is("", least_supply(vector.temperature()).unwrap().get::<volt>()),
        _ => {}
    }
}
