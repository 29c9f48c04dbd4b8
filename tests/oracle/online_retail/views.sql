-- What the questions' SQL stands on: the raw file, seen as of `now`. Times in the file are British local ones.

create view line as
select Country as country, InvoiceDate at time zone getvariable('zone') as invoiced_at, InvoiceDate as local,
       InvoiceNo as invoice, StockCode as stock, Quantity::bigint as quantity, UnitPrice::decimal(18, 6) as price,
       (UnitPrice::decimal(18, 6) * 1000000)::hugeint as micros
from online_retail
where InvoiceDate at time zone getvariable('zone') <= getvariable('now');

create view customer as select distinct country from line;
