-- Twins: functions like built-in ones, that return NULL where those fail.

-- Makes cleanroom.total_<name>(same types) for each signature, with the
-- original's result type, volatility, strictness and cost.  The symbol is
-- that of the twin's own code, or cr_total_call, which calls the original.
DO $$
DECLARE
    twins CONSTANT text[] := ARRAY[
        -- integers, with code of their own: signature, symbol
        'int2pl(int2,int2)', 'cr_total_int2pl',
        'int2mi(int2,int2)', 'cr_total_int2mi',
        'int2mul(int2,int2)', 'cr_total_int2mul',
        'int2div(int2,int2)', 'cr_total_int2div',
        'int4pl(int4,int4)', 'cr_total_int4pl',
        'int4mi(int4,int4)', 'cr_total_int4mi',
        'int4mul(int4,int4)', 'cr_total_int4mul',
        'int4div(int4,int4)', 'cr_total_int4div',
        'int8pl(int8,int8)', 'cr_total_int8pl',
        'int8mi(int8,int8)', 'cr_total_int8mi',
        'int8mul(int8,int8)', 'cr_total_int8mul',
        'int8div(int8,int8)', 'cr_total_int8div',
        'int24pl(int2,int4)', 'cr_total_int24pl',
        'int24mi(int2,int4)', 'cr_total_int24mi',
        'int24mul(int2,int4)', 'cr_total_int24mul',
        'int24div(int2,int4)', 'cr_total_int24div',
        'int42pl(int4,int2)', 'cr_total_int42pl',
        'int42mi(int4,int2)', 'cr_total_int42mi',
        'int42mul(int4,int2)', 'cr_total_int42mul',
        'int42div(int4,int2)', 'cr_total_int42div',
        'int28pl(int2,int8)', 'cr_total_int28pl',
        'int28mi(int2,int8)', 'cr_total_int28mi',
        'int28mul(int2,int8)', 'cr_total_int28mul',
        'int28div(int2,int8)', 'cr_total_int28div',
        'int82pl(int8,int2)', 'cr_total_int82pl',
        'int82mi(int8,int2)', 'cr_total_int82mi',
        'int82mul(int8,int2)', 'cr_total_int82mul',
        'int82div(int8,int2)', 'cr_total_int82div',
        'int48pl(int4,int8)', 'cr_total_int48pl',
        'int48mi(int4,int8)', 'cr_total_int48mi',
        'int48mul(int4,int8)', 'cr_total_int48mul',
        'int48div(int4,int8)', 'cr_total_int48div',
        'int84pl(int8,int4)', 'cr_total_int84pl',
        'int84mi(int8,int4)', 'cr_total_int84mi',
        'int84mul(int8,int4)', 'cr_total_int84mul',
        'int84div(int8,int4)', 'cr_total_int84div',
        'int2mod(int2,int2)', 'cr_total_int2mod',
        'int4mod(int4,int4)', 'cr_total_int4mod',
        'int8mod(int8,int8)', 'cr_total_int8mod',
        'mod(int2,int2)', 'cr_total_int2mod',
        'mod(int4,int4)', 'cr_total_int4mod',
        'mod(int8,int8)', 'cr_total_int8mod',
        'int2um(int2)', 'cr_total_int2um',
        'int4um(int4)', 'cr_total_int4um',
        'int8um(int8)', 'cr_total_int8um',
        'int2abs(int2)', 'cr_total_int2abs',
        'int4abs(int4)', 'cr_total_int4abs',
        'int8abs(int8)', 'cr_total_int8abs',
        'abs(int2)', 'cr_total_int2abs',
        'abs(int4)', 'cr_total_int4abs',
        'abs(int8)', 'cr_total_int8abs',
        'int2(int4)', 'cr_total_int4_to_int2',
        'int2(int8)', 'cr_total_int8_to_int2',
        'int4(int8)', 'cr_total_int8_to_int4',

        -- floating-point numbers, likewise
        'float4pl(float4,float4)', 'cr_total_float4pl',
        'float4mi(float4,float4)', 'cr_total_float4mi',
        'float4mul(float4,float4)', 'cr_total_float4mul',
        'float4div(float4,float4)', 'cr_total_float4div',
        'float8pl(float8,float8)', 'cr_total_float8pl',
        'float8mi(float8,float8)', 'cr_total_float8mi',
        'float8mul(float8,float8)', 'cr_total_float8mul',
        'float8div(float8,float8)', 'cr_total_float8div',
        'float48pl(float4,float8)', 'cr_total_float48pl',
        'float48mi(float4,float8)', 'cr_total_float48mi',
        'float48mul(float4,float8)', 'cr_total_float48mul',
        'float48div(float4,float8)', 'cr_total_float48div',
        'float84pl(float8,float4)', 'cr_total_float84pl',
        'float84mi(float8,float4)', 'cr_total_float84mi',
        'float84mul(float8,float4)', 'cr_total_float84mul',
        'float84div(float8,float4)', 'cr_total_float84div',

        -- text, likewise: NULL beyond what can be allocated
        'textcat(text,text)', 'cr_total_textcat'];

    -- the others call the original
    originals CONSTANT text[] := ARRAY[
        -- numbers: casts that may not fit
        'int2(float4)', 'int2(float8)', 'int2(numeric)', 'int4(float4)',
        'int4(float8)', 'int4(numeric)', 'int8(float4)', 'int8(float8)',
        'int8(numeric)', 'oid(int8)', 'float4(float8)', 'float4(numeric)',
        'float8(numeric)', 'numeric(numeric,int4)',

        -- numbers: arithmetic
        'numeric_add(numeric,numeric)', 'numeric_sub(numeric,numeric)',
        'numeric_mul(numeric,numeric)', 'numeric_div(numeric,numeric)',
        'numeric_mod(numeric,numeric)', 'mod(numeric,numeric)',
        'numeric_div_trunc(numeric,numeric)', 'div(numeric,numeric)',
        'gcd(int4,int4)', 'gcd(int8,int8)', 'gcd(numeric,numeric)',
        'lcm(int4,int4)', 'lcm(int8,int8)', 'lcm(numeric,numeric)',
        'ceil(numeric)', 'ceiling(numeric)', 'floor(numeric)',
        'round(numeric,int4)', 'round(numeric)', 'trunc(numeric,int4)',
        'trunc(numeric)',

        -- numbers: roots, powers, logarithms, angles
        'dsqrt(float8)', 'sqrt(float8)', 'dcbrt(float8)', 'cbrt(float8)',
        'dpow(float8,float8)', 'pow(float8,float8)', 'power(float8,float8)',
        'dexp(float8)', 'exp(float8)', 'dlog1(float8)', 'ln(float8)',
        'dlog10(float8)', 'log(float8)', 'log10(float8)',
        'numeric_sqrt(numeric)', 'sqrt(numeric)', 'numeric_exp(numeric)',
        'exp(numeric)', 'numeric_ln(numeric)', 'ln(numeric)',
        'numeric_log(numeric,numeric)', 'log(numeric,numeric)',
        'log(numeric)', 'log10(numeric)', 'numeric_power(numeric,numeric)',
        'pow(numeric,numeric)', 'power(numeric,numeric)',
        'sin(float8)', 'cos(float8)', 'tan(float8)', 'cot(float8)',
        'asin(float8)', 'acos(float8)', 'atan(float8)',
        'atan2(float8,float8)', 'sinh(float8)', 'cosh(float8)',
        'tanh(float8)', 'asinh(float8)', 'acosh(float8)', 'atanh(float8)',
        'degrees(float8)', 'radians(float8)',
        'width_bucket(float8,float8,float8,int4)',
        'width_bucket(numeric,numeric,numeric,int4)',
        'width_bucket(anycompatible,anycompatiblearray)',

        -- text: casts to a length
        'varchar(varchar,int4,bool)', 'bpchar(bpchar,int4,bool)',

        -- text: letters, blanks and parts
        'textanycat(text,anynonarray)', 'anytextcat(anynonarray,text)',
        'lower(text)', 'upper(text)', 'initcap(text)',
        'btrim(text)', 'btrim(text,text)', 'ltrim(text)', 'ltrim(text,text)',
        'rtrim(text)', 'rtrim(text,text)',
        'substr(text,int4)', 'substring(text,int4)', 'left(text,int4)',
        'right(text,int4)', 'reverse(text)', 'text(bpchar)',
        'substr(text,int4,int4)', 'substring(text,int4,int4)',
        'split_part(text,text,int4)', 'overlay(text,text,int4)',
        'overlay(text,text,int4,int4)', 'replace(text,text,text)',
        'translate(text,text,text)', 'lpad(text,int4)',
        'lpad(text,int4,text)', 'rpad(text,int4)', 'rpad(text,int4,text)',
        'ascii(text)', 'chr(int4)',
        'position(text,text)', 'strpos(text,text)',
        'starts_with(text,text)',

        -- text: patterns
        'textregexeq(text,text)', 'textregexne(text,text)',
        'texticregexeq(text,text)', 'texticregexne(text,text)',
        'bpcharregexeq(bpchar,text)', 'bpcharregexne(bpchar,text)',
        'bpcharicregexeq(bpchar,text)', 'bpcharicregexne(bpchar,text)',
        'regexp_like(text,text)',
        'textlike(text,text)', 'textnlike(text,text)',
        'length(text)', 'length(bpchar)', 'textlen(text)',
        'char_length(text)', 'char_length(bpchar)',
        'character_length(text)', 'character_length(bpchar)',
        'texticlike(text,text)', 'texticnlike(text,text)',
        'bpcharlike(bpchar,text)', 'bpcharnlike(bpchar,text)',
        'bpchariclike(bpchar,text)', 'bpcharicnlike(bpchar,text)',
        'namelike(name,text)', 'namenlike(name,text)',
        'nameiclike(name,text)', 'nameicnlike(name,text)',
        'like(text,text)', 'notlike(text,text)', 'like(name,text)',
        'notlike(name,text)', 'like_escape(text,text)',

        -- dates and times: casts
        'timestamp(date)', 'timestamp(timestamptz)',
        'timestamp(date,time)', 'timestamp(timestamp,int4)',
        'timestamptz(date)', 'timestamptz(timestamp)',
        'timestamptz(date,timetz)', 'timestamptz(timestamptz,int4)',
        'date(timestamp)', 'date(timestamptz)', 'time(timestamp)',
        'time(timestamptz)', 'time(interval)', 'time(time,int4)',
        'timetz(time)', 'timetz(timestamptz)', 'timetz(timetz,int4)',

        -- dates and times: arithmetic
        'date_pli(date,int4)', 'date_mii(date,int4)', 'date_mi(date,date)',
        'integer_pl_date(int4,date)', 'date_pl_interval(date,interval)',
        'date_mi_interval(date,interval)',
        'interval_pl_date(interval,date)', 'datetime_pl(date,time)',
        'timedate_pl(time,date)', 'datetimetz_pl(date,timetz)',
        'timetzdate_pl(timetz,date)',
        'timestamp_pl_interval(timestamp,interval)',
        'timestamp_mi_interval(timestamp,interval)',
        'interval_pl_timestamp(interval,timestamp)',
        'timestamp_mi(timestamp,timestamp)',
        'timestamptz_pl_interval(timestamptz,interval)',
        'timestamptz_mi_interval(timestamptz,interval)',
        'interval_pl_timestamptz(interval,timestamptz)',
        'timestamptz_mi(timestamptz,timestamptz)',
        'time_pl_interval(time,interval)', 'time_mi_interval(time,interval)',
        'interval_pl_time(interval,time)',
        'timetz_pl_interval(timetz,interval)',
        'timetz_mi_interval(timetz,interval)',
        'interval_pl_timetz(interval,timetz)',
        'interval_pl(interval,interval)', 'interval_mi(interval,interval)',
        'interval_um(interval)', 'interval_mul(interval,float8)',
        'mul_d_interval(float8,interval)', 'interval_div(interval,float8)',
        'justify_days(interval)', 'justify_hours(interval)',
        'justify_interval(interval)', 'age(timestamp,timestamp)',
        'age(timestamptz,timestamptz)', 'age(timestamp)',
        'age(timestamptz)',

        -- dates and times: parts, and made of parts
        'extract(text,date)', 'extract(text,time)', 'extract(text,timetz)',
        'extract(text,timestamp)', 'extract(text,timestamptz)',
        'extract(text,interval)', 'date_part(text,date)',
        'date_part(text,time)', 'date_part(text,timetz)',
        'date_part(text,timestamp)', 'date_part(text,timestamptz)',
        'date_part(text,interval)', 'date_trunc(text,timestamp)',
        'date_trunc(text,timestamptz)', 'date_trunc(text,timestamptz,text)',
        'date_trunc(text,interval)',
        'date_bin(interval,timestamp,timestamp)',
        'date_bin(interval,timestamptz,timestamptz)',
        'make_date(int4,int4,int4)', 'make_time(int4,int4,float8)',
        'make_timestamp(int4,int4,int4,int4,int4,float8)',
        'make_interval(int4,int4,int4,int4,int4,int4,float8)',
        'to_timestamp(float8)', 'timezone(text,timestamp)',
        'timezone(text,timestamptz)', 'timezone(interval,timestamp)',
        'timezone(interval,timestamptz)',

        -- numbers and times as text
        'to_char(int4,text)', 'to_char(int8,text)', 'to_char(numeric,text)',
        'to_char(float4,text)', 'to_char(float8,text)',
        'to_char(timestamp,text)', 'to_char(timestamptz,text)',
        'to_char(interval,text)', 'to_date(text,text)',
        'to_timestamp(text,text)', 'to_number(text,text)'];
    signature text;
    symbol text;
    original record;
    twin text;
BEGIN
    FOR signature, symbol IN
        SELECT twins[i], twins[i + 1]
          FROM generate_series(1, array_length(twins, 1), 2) i
        UNION ALL
        SELECT o, 'cr_total_call' FROM unnest(originals) o
    LOOP
        SELECT p.proname, p.prorettype::regtype AS result, p.procost,
               oidvectortypes(p.proargtypes) AS types,
               CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE'
                                  WHEN 's' THEN 'STABLE' END AS volatility,
               CASE WHEN p.proisstrict THEN 'STRICT' ELSE '' END AS strictness
          INTO STRICT original
          FROM pg_proc p
         WHERE p.oid = ('pg_catalog.' || signature)::regprocedure;
        twin := format('cleanroom.%I(%s)', 'total_' || original.proname,
                       original.types);
        EXECUTE format('CREATE FUNCTION %s RETURNS %s AS %L, %L '
                       'LANGUAGE C %s %s PARALLEL SAFE COST %s',
                       twin, original.result, 'MODULE_PATHNAME', symbol,
                       original.volatility, original.strictness,
                       original.procost);
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', twin, format(
            'The twin of pg_catalog.%s(%s).
Arguments and result: those of the original, and NULL where the original
raises an error for its arguments%s, and
where the result is a text of more than 512 kB.
Errors: none that the arguments'' values could provoke.',
            original.proname, original.types,
            CASE symbol WHEN 'cr_total_call'
                THEN ', or one of them has more than 32 MB' ELSE '' END));
    END LOOP;
END
$$;

-- Casts from text, by the input functions of other types.
DO $$
DECLARE
    type text;
    twin text;
BEGIN
    FOREACH type IN ARRAY ARRAY['bool', 'int2', 'int4', 'int8', 'numeric',
        'float4', 'float8', 'date', 'time', 'timestamp', 'timestamptz',
        'interval', 'uuid']
    LOOP
        twin := format('cleanroom.%I(text)', 'total_cast_' || type);
        EXECUTE format('CREATE FUNCTION %s RETURNS %s AS %L, %L '
                       'LANGUAGE C %s STRICT PARALLEL SAFE', twin, type,
                       'MODULE_PATHNAME', 'cr_total_cast',
                       (SELECT CASE i.provolatile WHEN 'i' THEN 'IMMUTABLE'
                                                  ELSE 'STABLE' END
                          FROM pg_type t JOIN pg_proc i ON i.oid = t.typinput
                         WHERE t.oid = type::regtype));
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', twin, format(
            'The cast of text to %s.
Argument: a text.
Result: what the cast gives, and NULL where that raises an error, or the text
has more than 32 MB.
Errors: none that the argument''s value could provoke.', type));
    END LOOP;
END
$$;

-- A series of moments, which ends in time zones that there are.

CREATE FUNCTION cleanroom.ordinary_series(timestamptz, timestamptz, interval)
RETURNS SETOF timestamptz
AS 'MODULE_PATHNAME', 'cr_ordinary_series'
LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 1000;

COMMENT ON FUNCTION cleanroom.ordinary_series(timestamptz, timestamptz, interval) IS
'What pg_catalog.generate_series() of moments becomes beside protected rows.
Arguments: first and last value, and the step, not 0.
Result: the series; empty where the session''s time zone is a rule of one''s own that is more than 16 hours from Greenwich, or changes by more than 3.
Errors: those of the original, for a step of 0.';

-- Those that take any number of arguments of any types.

CREATE FUNCTION cleanroom.total_concat(VARIADIC "any")
RETURNS text
AS 'MODULE_PATHNAME', 'cr_total_call'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.total_concat("any") IS
'The twin of pg_catalog.concat().
Arguments and result: those of the original, and NULL where the original
raises an error, an argument has more than 32 MB, or the result more than 512 kB.
Errors: none that the arguments'' values could provoke.';

CREATE FUNCTION cleanroom.total_concat_ws(text, VARIADIC "any")
RETURNS text
AS 'MODULE_PATHNAME', 'cr_total_call'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.total_concat_ws(text, "any") IS
'The twin of pg_catalog.concat_ws().
Arguments and result: those of the original, and NULL where the original
raises an error, an argument has more than 32 MB, or the result more than 512 kB.
Errors: none that the arguments'' values could provoke.';

-- Twins of aggregates over floating-point numbers.  Their states hold exact
-- sums: which rows there are decides, not their order.

DO $$
DECLARE
    kind text;
    what text;
    type text;
    name text;
    result text;
BEGIN
    FOR kind, what IN VALUES ('sum', 'sums and averages'),
                             ('moments', 'variances and deviations')
    LOOP
        FOREACH type IN ARRAY ARRAY['real', 'double precision']
        LOOP
            name := format('exact_%s_%s', kind, split_part(type, ' ', 1));
            EXECUTE format('CREATE FUNCTION cleanroom.%I(state internal, x %s) '
                           'RETURNS internal AS %L, %L '
                           'LANGUAGE C IMMUTABLE PARALLEL SAFE',
                           name, type, 'MODULE_PATHNAME', 'cr_' || name);
            EXECUTE format('COMMENT ON FUNCTION cleanroom.%I(internal, %s) '
                           'IS %L', name, type, format(
                'Transition function of %s of %s; cannot be
called by itself.', what, type));
        END LOOP;
    END LOOP;

    FOR name, result, what IN VALUES
        ('result_real', 'real', 'total_sum(real)'),
        ('result_double', 'double precision', 'total_sum(double precision)'),
        ('avg', 'double precision', 'total_avg()'),
        ('var_pop', 'double precision', 'total_var_pop()'),
        ('var_samp', 'double precision', 'total_var_samp()'),
        ('stddev_pop', 'double precision', 'total_stddev_pop()'),
        ('stddev_samp', 'double precision', 'total_stddev_samp()')
    LOOP
        EXECUTE format('CREATE FUNCTION cleanroom.exact_%s(state internal) '
                       'RETURNS %s AS %L, %L '
                       'LANGUAGE C IMMUTABLE PARALLEL SAFE',
                       name, result, 'MODULE_PATHNAME', 'cr_exact_' || name);
        EXECUTE format('COMMENT ON FUNCTION cleanroom.exact_%s(internal) '
                       'IS %L', name, format(
            'Final function of cleanroom.%s; cannot be called by itself.',
            what));
    END LOOP;
END
$$;

CREATE FUNCTION cleanroom.exact_combine(a internal, b internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_exact_combine'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.exact_combine(internal, internal) IS
'Combine function of aggregates over floating-point numbers; cannot be called
by itself.';

CREATE FUNCTION cleanroom.exact_serialize(state internal)
RETURNS bytea
AS 'MODULE_PATHNAME', 'cr_exact_serialize'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.exact_serialize(internal) IS
'Passes the state of such an aggregate from a worker on; cannot be called by
itself.';

CREATE FUNCTION cleanroom.exact_deserialize(packed bytea, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_exact_deserialize'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.exact_deserialize(bytea, internal) IS
'Receives the state of such an aggregate from a worker; cannot be called by
itself.';

-- Those over numeric.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['avg', 'var_pop', 'var_samp', 'stddev_pop',
                                'stddev_samp']
    LOOP
        -- internal, as numeric_<name> is
        EXECUTE format('CREATE FUNCTION cleanroom.total_numeric_%s(internal) '
                       'RETURNS numeric AS %L, %L '
                       'LANGUAGE C IMMUTABLE PARALLEL SAFE',
                       name, 'MODULE_PATHNAME', 'cr_total_call');
        EXECUTE format('COMMENT ON FUNCTION cleanroom.total_numeric_%s(internal) '
                       'IS %L', name, format(
            'Final function of cleanroom.total_%s(numeric); cannot be called
by itself.', name));
    END LOOP;
END
$$;

CREATE FUNCTION cleanroom.total_numeric_sum(internal)
RETURNS numeric
AS 'MODULE_PATHNAME', 'cr_total_call'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.total_numeric_sum(internal) IS
'Final function of cleanroom.total_sum(numeric); cannot be called by itself.';

-- SSPACE: the states come in pieces of 128, 256 and 512 bytes.
DO $$
DECLARE
    name text;
    kind text;
    part text;
    type text;
BEGIN
    FOR name, kind, part IN VALUES
        ('sum', 'sum', 'result'), ('avg', 'sum', 'avg'),
        ('var_pop', 'moments', 'var_pop'),
        ('var_samp', 'moments', 'var_samp'),
        ('variance', 'moments', 'var_samp'),
        ('stddev_pop', 'moments', 'stddev_pop'),
        ('stddev_samp', 'moments', 'stddev_samp'),
        ('stddev', 'moments', 'stddev_samp')
    LOOP
        FOREACH type IN ARRAY ARRAY['real', 'double precision']
        LOOP
            EXECUTE format('CREATE AGGREGATE cleanroom.total_%s(%s) ('
                           'SFUNC = cleanroom.exact_%s_%s, '
                           'STYPE = internal, SSPACE = %s, '
                           'FINALFUNC = cleanroom.exact_%s, '
                           'COMBINEFUNC = cleanroom.exact_combine, '
                           'SERIALFUNC = cleanroom.exact_serialize, '
                           'DESERIALFUNC = cleanroom.exact_deserialize, '
                           'PARALLEL = SAFE)',
                           name, type, kind, split_part(type, ' ', 1),
                           CASE kind WHEN 'sum' THEN 128 ELSE 256 END,
                           CASE part WHEN 'result'
                               THEN 'result_' || split_part(type, ' ', 1)
                               ELSE part END);
        END LOOP;
    END LOOP;
END
$$;

-- The largest and the smallest of texts, passing over those of more than 512 kB.
DO $$
DECLARE
    which text;
BEGIN
    FOREACH which IN ARRAY ARRAY['max', 'min'] LOOP
        EXECUTE format('CREATE FUNCTION cleanroom.text_%s_step(a text, b text) '
                       'RETURNS text AS %L, %L '
                       'LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE',
                       which, 'MODULE_PATHNAME', format('cr_text_%s_step', which));
        EXECUTE format('COMMENT ON FUNCTION cleanroom.text_%s_step(text, text) IS %L',
                       which, format('Transition and combine function of cleanroom.total_%s(text).
Result: one of the two, the other one where it has more than 512 kB.', which));
        EXECUTE format('CREATE AGGREGATE cleanroom.total_%1$s(text) ('
                       'SFUNC = cleanroom.text_%1$s_step, STYPE = text, '
                       'COMBINEFUNC = cleanroom.text_%1$s_step, '
                       'PARALLEL = SAFE)', which);
        EXECUTE format('COMMENT ON AGGREGATE cleanroom.total_%s(text) IS %L',
                       which, format('The twin of pg_catalog.%s(text).
Argument and result: those of the original, but texts of more than 512 kB are
passed over where there is another.
Errors: none that the argument''s values could provoke.', which));
    END LOOP;
END
$$;

-- Sums of integers whose terms are computed wider than they are written.
CREATE FUNCTION cleanroom.wide_sum_result(internal)
RETURNS bigint
AS 'MODULE_PATHNAME', 'cr_wide_sum_result'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.wide_sum_result(internal) IS
'Final function of cleanroom.wide_sum(numeric); cannot be called by itself.';

CREATE FUNCTION cleanroom.wide_sum_int8_result(internal)
RETURNS bigint
AS 'MODULE_PATHNAME', 'cr_wide_sum_int8_result'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.wide_sum_int8_result(internal) IS
'Final function of cleanroom.wide_sum(bigint); cannot be called by itself.';

CREATE AGGREGATE cleanroom.wide_sum(numeric) (
	SFUNC = pg_catalog.numeric_avg_accum,
	STYPE = internal,
	SSPACE = 128,
	FINALFUNC = cleanroom.wide_sum_result,
	COMBINEFUNC = pg_catalog.numeric_avg_combine,
	SERIALFUNC = pg_catalog.numeric_avg_serialize,
	DESERIALFUNC = pg_catalog.numeric_avg_deserialize,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE cleanroom.wide_sum(numeric) IS
'The sum of whole numbers, as a bigint.
Argument: numbers without a fraction.
Result: their sum, and NULL where a bigint does not hold it, or without rows.
Errors: none.';

CREATE AGGREGATE cleanroom.wide_sum(bigint) (
	SFUNC = pg_catalog.int8_avg_accum,
	STYPE = internal,
	SSPACE = 48,
	FINALFUNC = cleanroom.wide_sum_int8_result,
	COMBINEFUNC = pg_catalog.int8_avg_combine,
	SERIALFUNC = pg_catalog.int8_avg_serialize,
	DESERIALFUNC = pg_catalog.int8_avg_deserialize,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE cleanroom.wide_sum(bigint) IS
'The sum of integers, as a bigint.
Argument: integers.
Result: their sum, and NULL where a bigint does not hold it, or without rows.
Errors: none.';

-- The states of numeric are the server's own: only their final functions can
-- fail.
DO $$
DECLARE
    name text;
    part text;
    type text;
BEGIN
    FOR name, part, type IN VALUES
        ('sum', 'sum', 'numeric_avg'), ('avg', 'avg', 'numeric_avg'),
        ('var_pop', 'var_pop', 'numeric'),
        ('var_samp', 'var_samp', 'numeric'),
        ('variance', 'var_samp', 'numeric'),
        ('stddev_pop', 'stddev_pop', 'numeric'),
        ('stddev_samp', 'stddev_samp', 'numeric'),
        ('stddev', 'stddev_samp', 'numeric')
    LOOP
        EXECUTE format('CREATE AGGREGATE cleanroom.total_%s(numeric) ('
                       'SFUNC = pg_catalog.%2$s_accum, STYPE = internal, '
                       'SSPACE = 128, '
                       'FINALFUNC = cleanroom.total_numeric_%3$s, '
                       'COMBINEFUNC = pg_catalog.%2$s_combine, '
                       'SERIALFUNC = pg_catalog.%2$s_serialize, '
                       'DESERIALFUNC = pg_catalog.%2$s_deserialize, '
                       'PARALLEL = SAFE)', name, type, part);
    END LOOP;

    FOR name, type IN
        SELECT a.name, t.type
          FROM unnest('{sum,avg,var_pop,var_samp,variance,stddev_pop,
                        stddev_samp,stddev}'::text[]) a(name),
               unnest('{float4,float8,numeric}'::text[]) t(type)
    LOOP
        EXECUTE format('COMMENT ON AGGREGATE cleanroom.total_%s(%s) IS %L',
                       name, type, format(
            'The twin of pg_catalog.%s(%s).
Argument and result: those of the original, %s, and NULL
where the result is too large for its type.
Errors: none that the argument''s values could provoke.', name, type,
            CASE type WHEN 'numeric' THEN 'to the digit'
                ELSE 'rounded once, whatever the order of the rows' END));
    END LOOP;
END
$$;

-- Pairs of numbers: correlation, covariance, regression.

CREATE FUNCTION cleanroom.exact_pairs(state internal, y float8, x float8)
RETURNS internal
AS 'MODULE_PATHNAME', 'cr_exact_pairs'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.exact_pairs(internal, float8, float8) IS
'Transition function of correlation, covariance and regression; cannot be
called by itself.';

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['corr', 'covar_pop', 'covar_samp',
        'regr_avgx', 'regr_avgy', 'regr_intercept', 'regr_r2', 'regr_slope',
        'regr_sxx', 'regr_sxy', 'regr_syy']
    LOOP
        EXECUTE format('CREATE FUNCTION cleanroom.exact_%s(state internal) '
                       'RETURNS float8 AS %L, %L '
                       'LANGUAGE C IMMUTABLE PARALLEL SAFE',
                       name, 'MODULE_PATHNAME', 'cr_exact_' || name);
        EXECUTE format('COMMENT ON FUNCTION cleanroom.exact_%s(internal) '
                       'IS %L', name, format(
            'Final function of cleanroom.total_%s(); cannot be called by itself.',
            name));
        EXECUTE format('CREATE AGGREGATE cleanroom.total_%1$s(float8, float8) '
                       '(SFUNC = cleanroom.exact_pairs, STYPE = internal, '
                       'SSPACE = 512, '
                       'FINALFUNC = cleanroom.exact_%1$s, '
                       'COMBINEFUNC = cleanroom.exact_combine, '
                       'SERIALFUNC = cleanroom.exact_serialize, '
                       'DESERIALFUNC = cleanroom.exact_deserialize, '
                       'PARALLEL = SAFE)', name);
        EXECUTE format('COMMENT ON AGGREGATE '
                       'cleanroom.total_%s(float8, float8) IS %L',
                       name, format(
            'The twin of pg_catalog.%s(double precision, double precision).
Arguments and result: those of the original, from exact sums, whatever the
order of the rows, and NULL where the result is too large for its type.
Errors: none that the arguments'' values could provoke.', name));
    END LOOP;
END
$$;

-- The list, for people and for tests.

CREATE FUNCTION cleanroom.find_total(function oid)
RETURNS oid
AS 'MODULE_PATHNAME', 'cr_find_total'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION cleanroom.find_total(oid) IS
'Tells what stands for a function or aggregate over protected rows.
Argument: the function''s OID.
Result: the function itself, when it cannot fail; its twin, when that returns
NULL where the function would fail; NULL when it may not be used there.
Errors: none.';

CREATE FUNCTION cleanroom.list_total_functions()
RETURNS TABLE (function regprocedure, twin regprocedure)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.oid, NULLIF(cleanroom.find_total(p.oid), p.oid)
      FROM pg_proc p
     WHERE p.oid < 10000
       AND cleanroom.find_total(p.oid) IS NOT NULL
     ORDER BY p.proname, p.oid
$$;

COMMENT ON FUNCTION cleanroom.list_total_functions() IS
'Lists the built-in functions and aggregates that may be used over protected
rows.
Result: the function, and its twin where that stands in for it, NULL where the
function itself cannot fail.
Errors: none.';
