-- test/data/randhie.sql
--   Loads the RAND Health Insurance data into the current schema, as table
--   person_years (README.md beside this file tells what it is).
--
-- psql only: the file is read by the client, from $PG_ABS_SRCDIR/data.
CREATE TEMP TABLE randhie (
    line    int GENERATED ALWAYS AS IDENTITY,
    mdvis   int,
    lncoins numeric,
    idp     int,
    lpi     numeric,
    fmde    numeric,
    physlm  numeric,
    disea   numeric,
    hlthg   int,
    hlthf   int,
    hlthp   int
);
\copy randhie (mdvis, lncoins, idp, lpi, fmde, physlm, disea, hlthg, hlthf, hlthp) FROM PROGRAM 'gzip -dc "$PG_ABS_SRCDIR/data/randhie.csv.gz"' WITH (FORMAT csv, HEADER)
-- a run of rows with equal plan, limitation and disease values is one person
CREATE TABLE person_years AS
WITH marked AS (
    SELECT *,
           (lncoins, idp, lpi, fmde, physlm, disea) IS DISTINCT FROM
           lag((lncoins, idp, lpi, fmde, physlm, disea)) OVER (ORDER BY line)
           AS begins
    FROM randhie
), numbered AS (
    SELECT *, count(*) FILTER (WHERE begins) OVER (ORDER BY line) AS person
    FROM marked
)
SELECT person::int,
       row_number() OVER (PARTITION BY person ORDER BY line)::int AS year_no,
       round(exp(lncoins) - 1)::int AS coinsurance,
       idp = 1 AS deductible,
       nullif(lpi, 0) AS incentive,
       CASE physlm WHEN 0 THEN 'none' WHEN 1 THEN 'limited'
                   ELSE 'estimated' END AS limitation,
       disea AS diseases,
       CASE 1 WHEN hlthg THEN 'good' WHEN hlthf THEN 'fair'
              WHEN hlthp THEN 'poor' ELSE 'excellent' END AS health,
       mdvis AS visits
FROM numbered
ORDER BY line;
DROP TABLE randhie;
COMMENT ON TABLE person_years IS
'RAND Health Insurance Experiment: one row per person and year';
ANALYZE person_years;
