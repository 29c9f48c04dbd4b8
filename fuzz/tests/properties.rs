//! Each property as a test: on its kept cases and on new ones, or led by a fuzzer (`cargo bolero test NAME`).

#![allow(unexpected_cfgs, reason = "a fuzzer sets `fuzzing`")]

use opportune_fuzz::{compile, decide, lints, text};

macro_rules! properties {
    ($($module:ident :: $name:ident, $usual:literal;)*) => {
        $(
            #[test]
            fn $name() {
                #[cfg(fuzzing)]
                bolero::check!().for_each(|bytes: &[u8]| {
                    $module::$name(bytes);
                });
                #[cfg(not(fuzzing))]
                opportune_fuzz::run::check(stringify!($name), $module::$name, $usual);
            }
        )*

        #[test]
        fn the_corpus_holds_no_other_files() {
            let names = [$(concat!(stringify!($name), ".txt")),*];
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
            let mut files: Vec<String> = std::fs::read_dir(folder)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            files.sort();
            let mut names: Vec<String> = names.map(str::to_owned).into();
            names.sort();
            assert_eq!(files, names);
        }
    };
}

properties! {
    text::reading_never_fails, 600;
    text::messages_point_into_the_text, 600;
    text::expressions_stand_inside_each_other, 400;
    text::joining_what_was_split_gives_the_text, 1_500;
    text::remarks_and_line_ends_change_nothing, 300;
    text::formatting_keeps_every_tree, 120;
    compile::every_message_has_its_place, 60;
    compile::a_fix_takes_its_message_away, 40;
    compile::every_plan_verifies, 60;
    compile::a_plan_is_shown_the_same_each_time, 30;
    compile::formatting_changes_no_plan, 25;
    compile::edits_are_as_from_scratch, 25;
    decide::validated_means_total, 60;
    decide::machine_code_is_the_interpreter, 30;
    decide::one_block_size_is_another, 30;
    decide::passes_change_no_decision, 40;
    decide::rehearsals_decide_as_runs, 30;
    decide::the_same_said_otherwise_decides_the_same, 40;
    lints::what_lints_tell_is_so, 20;
    lints::what_lints_mend_decides_the_same, 10;
}
