use super::*;

const ROWS: &str = "2025/03/04 10:00:01.500, 0, 100.25 W, 7 W\n2025/03/04 10:59:01.5, 1, 7 W, 7.5 W\r\n";

fn table() -> Table {
    Table {
        delimiter: b',',
        width: 4,
        time: 0,
        hour: Hour { text: b"2025/03/04 10:".to_vec(), ns: 600_000_000_000 },
        device: 1,
        devices: vec![b"0".to_vec(), b"1".to_vec()],
        values: vec![2, 3],
        written: Written { unit: b" W".to_vec(), power: 0, below: 2000.0 },
        never: b'p',
        last: 0,
    }
}

#[test]
fn rows_of_a_table_are_read_until_another_comes() {
    for odd in [
        "",
        "2025/03/04 11:00:00.000, 0, 100.25 W, 7 W\n",
        "2025/03/04 10:00:60.000, 0, 100.25 W, 7 W\n",
        "2025/03/04 10:00:01.000, 2, 100.25 W, 7 W\n",
        "2025/03/04 10:00:01.000, 0, 100.25 W, [N/A]\n",
        "2025/03/04 10:00:01.000, 0, 100.25 mW, 7 W\n",
        "2025/03/04 10:00:01.000, 0, 2000.25 W, 7 W\n",
        "2025/03/04 10:00:01.000, 0, -1.25 W, 7 W\n",
        "2025/03/04 10:00:01.000, 0, 100.25 W, 7 W, 3\n",
        "2025/03/04 10:00:01.000, 0, 100.25 W\n",
        "2025/03/04 10:00:01.000, \"0\", 100.25 W, 7 W\n",
        "2025/03/04 10:00:01.000, 0\t, 100.25 W, 7 W\n",
        "2025/03/04 10:00:01.000, 0, 100.25 W, 7 \u{b5}W\n",
        "\n",
        "2025/03/04 10:00:01.000, 0, 100.25 W, 7 W\r",
        "2025/03/04 10:00:01.000, 0, 100.25 W, 7 W",
    ] {
        for many in [1, 200] {
            let text = format!("{}{odd}{ROWS}", ROWS.repeat(many));
            let mut into = vec![Columns::default(); 4];
            let found = table().read(text.as_bytes(), 5, &mut into);
            let rows = 2 * (many + usize::from(odd.is_empty()));
            let bytes = if odd.is_empty() { text.len() } else { many * ROWS.len() };
            assert_eq!((found.rows as usize, found.bytes), (rows, bytes), "{odd}");
            assert_eq!((found.digits, found.stamp_digits), (vec![2, 0, 0, 1], 3), "{odd}");
            let first = [(601_500_000_000, 6), (601_500_000_000, 6), (4_141_500_000_000, 7), (4_141_500_000_000, 7)];
            for ((columns, value), (time, line)) in into.iter().zip([100.25, 7.0, 7.0, 7.5]).zip(first) {
                assert_eq!((columns.time_ns[0], columns.value[0], columns.line[0]), (time, value, line), "{odd}");
                let length = rows / 2;
                assert_eq!([columns.time_ns.len(), columns.value.len(), columns.line.len()], [length; 3], "{odd}");
                assert_eq!(columns.line[length - 1] as usize, line as usize + rows - 2);
            }
        }
    }
}

#[test]
fn rows_of_rails_are_read_until_another_comes() {
    let rails = Rails {
        hour: Hour { text: b"03-04-2025 10:".to_vec(), ns: 0 },
        slashes: vec![(b" SWAP ".to_vec(), false), (b" VDD_IN ".to_vec(), true), (b" VDD_SOC ".to_vec(), true)],
        written: Written { unit: b"mW".to_vec(), power: 3, below: 2000.0 },
    };
    let plain =
        "03-04-2025 10:01:02 RAM 2/30MB (lfb 1x4MB) SWAP 2/15MB CPU [1%@2] VDD_IN 5000mW/4900mW VDD_SOC 70mW/8mW";
    let row = format!("{plain}\n{plain} GPU@40C\r\n");
    for odd in [
        plain.replace("10:01", "11:01"),
        plain.replace("RAM 2/30MB", "RAM 2/30kB"),
        plain.replace("RAM 2/30MB", "IRAM 2/30MB"),
        plain.replace("RAM 2/30MB", "RAM  2/30MB"),
        plain.replace("SWAP 2/", "SWAP 2/3/"),
        plain.replace("SWAP 2/15MB ", ""),
        plain.replace("VDD_IN 5000mW", "VDD_IN -1mW"),
        plain.replace("VDD_IN 5000mW", "VDD_IN 5000W"),
        plain.replace("VDD_IN 5000mW", "XVDD_IN 5000mW"),
        plain.replace("VDD_IN 5000mW", "VDD_IN 5000000mW"),
        plain.replace("4900mW", "4900W"),
        plain.replace("4900mW", "4900mWs"),
        plain.replace("4900mW", "mW"),
        plain.replace("VDD_IN 5000mW/4900mW VDD_SOC 70mW/8mW", "VDD_SOC 70mW/8mW VDD_IN 5000mW/4900mW"),
        plain.replace("[1%@2]", "\u{1b}[1%@2]"),
        format!("{plain} VDD_IN 5mW/5mW"),
        format!(" {plain}"),
        String::new(),
    ] {
        let text = format!("{row}{odd}\n{row}");
        let mut into = vec![Columns::default(); 2];
        let found = rails.clone().read(text.as_bytes(), 5, &mut into);
        assert_eq!((found.rows, found.bytes), (2, row.len()), "{odd}");
        assert_eq!((found.digits, found.stamp_digits, found.means), (vec![0, 0], 0, vec![(5000, 4900); 2]), "{odd}");
        let both = Columns { time_ns: vec![62_000_000_000; 2], value: vec![5.0; 2], line: vec![6, 7] };
        assert_eq!(into, [both.clone(), Columns { value: vec![0.07; 2], ..both }], "{odd}");
    }
    let mut into = vec![Columns::default(); 2];
    assert_eq!(rails.clone().read(row.repeat(99).as_bytes(), 0, &mut into).rows, 198);
}
