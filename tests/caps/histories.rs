//! Real histories as the questions' projects read them, in CSV files; the SQL of `views.sql` says the same of the same files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit, TimestampMillisecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// The columns of a file as texts, row by row; what is missing is empty.
fn rows<const N: usize>(file: &Path, columns: [&str; N]) -> Vec<[String; N]> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).unwrap()).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let texts = columns.map(|name| cast(batch.column_by_name(name).unwrap(), &DataType::Utf8).unwrap());
        let text = |column: &dyn Array, row: usize| {
            if column.is_null(row) { String::new() } else { column.as_string::<i32>().value(row).to_owned() }
        };
        rows.extend((0..batch.num_rows()).map(|row| texts.each_ref().map(|column| text(column, row))));
    }
    rows
}

fn write(folder: &Path, name: &str, head: &str, lines: &str) {
    fs::write(folder.join(format!("{name}.csv")), format!("{head}\n{lines}")).unwrap();
}

/// A campaign is a contact on its first day, by post, e-mail or at the till after its type.
pub fn of_the_grocer(data: &Path, folder: &Path) {
    for name in ["demographics", "transactions_sample", "products"] {
        let name = format!("{name}.parquet");
        fs::copy(data.join(&name), folder.join(&name)).unwrap();
    }
    let campaigns = rows(&data.join("campaign_descriptions.parquet"), ["campaign_id", "campaign_type", "start_date"]);
    let campaigns: BTreeMap<String, (String, String)> =
        campaigns.into_iter().map(|[id, ty, start]| (id, (ty, start))).collect();
    let (mut contacts, mut leaflets, mut redemptions) = (String::new(), String::new(), String::new());
    for [household, id] in rows(&data.join("campaigns.parquet"), ["household_id", "campaign_id"]) {
        let (ty, start) = &campaigns[&id];
        let channel = match &**ty {
            "Type A" => "mail",
            "Type B" => "email",
            _ => "till",
        };
        let topic = ty.to_lowercase().replace(' ', "_");
        writeln!(contacts, "{household},{start},campaign_{id},{channel},{topic}").unwrap();
        writeln!(leaflets, "{household},{start},by_kind,{topic}").unwrap();
    }
    let columns = ["household_id", "redemption_date", "campaign_id"];
    for [household, day, id] in rows(&data.join("coupon_redemptions.parquet"), columns) {
        writeln!(redemptions, "{household},{day},campaign_{id}").unwrap();
    }
    write(folder, "contact", "household_id,sent,offer,channel,topic", &contacts);
    write(folder, "leaflet", "household_id,sent,offer,member", &leaflets);
    write(folder, "redemption", "household_id,redeemed,offer", &redemptions);
    write(folder, "kind_of_campaign", "kind", "type_a\ntype_b\ntype_c\n");
}

/// Two times of each row in milliseconds.
fn times(file: &Path) -> Vec<[i64; 2]> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).unwrap()).unwrap().build().unwrap();
    let millis = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let mut times = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let columns =
            ["pxDecisionTime", "pxOutcomeTime"].map(|name| cast(batch.column_by_name(name).unwrap(), &millis).unwrap());
        let time = |column: &dyn Array, row: usize| column.as_primitive::<TimestampMillisecondType>().value(row);
        times.extend((0..batch.num_rows()).map(|row| columns.each_ref().map(|column| time(column, row))));
    }
    times
}

/// An instant as data has it, in UTC.
fn instant(millis: i64) -> String {
    let array = arrow::array::TimestampMillisecondArray::from(vec![millis]).with_timezone("+00:00");
    cast(&array, &DataType::Utf8).unwrap().as_string::<i32>().value(0).to_owned()
}

/// A row of the interaction history is an offer shown to a customer: at the earlier of its two times, answered at the
/// later one. The rows without a channel tell what became of customers.
pub fn of_the_bank(data: &Path, folder: &Path) {
    let file = data.join("interaction_history.parquet");
    let columns = ["CustomerID", "pyName", "pyChannel", "pyOutcome", "pyPropensity"];
    let (mut contacts, mut responses, mut impressions) = (String::new(), String::new(), String::new());
    let mut people = std::collections::BTreeSet::new();
    for ([person, name, channel, outcome, propensity], [decided, came]) in
        rows(&file, columns).into_iter().zip(times(&file))
    {
        people.insert(person.clone());
        let (offer, channel) = (name.to_lowercase(), channel.to_lowercase());
        if channel.is_empty() {
            continue;
        }
        let level =
            ["Gold", "Personal"].into_iter().find(|level| name.ends_with(level)).unwrap_or("World").to_lowercase();
        let [shown, answered] = [decided.min(came), decided.max(came)].map(instant);
        let decided = instant(decided);
        writeln!(contacts, "{person},{shown},{decided},{offer},{channel},{level},{propensity}").unwrap();
        if channel == "web" {
            writeln!(impressions, "{person},{shown},{offer}").unwrap();
        }
        let outcome = match &*outcome {
            "Accept" | "Accepted" => "accepted",
            "Clicked" => "clicked",
            "Rejected" => "rejected",
            _ => continue,
        };
        writeln!(responses, "{person},{answered},{offer},{channel},{outcome}").unwrap();
    }
    let people: String = people.into_iter().map(|person| person + "\n").collect();
    write(folder, "person", "person_id", &people);
    write(folder, "contact", "person_id,shown,decided_at,offer,channel,level,propensity", &contacts);
    write(folder, "response", "person_id,came,offer,channel,outcome", &responses);
    write(folder, "impression", "person_id,seen,offer", &impressions);
}
