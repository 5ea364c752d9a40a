-- What the gate would say, without executing anything.

CREATE FUNCTION cleanroom.explain(query text)
RETURNS TABLE (verdict text, code text, reason text, hint text,
			   rewritten text)
LANGUAGE c STRICT VOLATILE
AS 'MODULE_PATHNAME', 'cr_explain';

COMMENT ON FUNCTION cleanroom.explain(text) IS
'Says what the gate decides about each statement of a text, as the current role, without executing anything.
query: one or more SQL statements, separated by semicolons.
Result, one row a statement: verdict (admitted or refused), code (SQLSTATE when refused, else NULL), reason and hint (when refused), rewritten (the statement as it would run; NULL where the server cannot show it).
Errors: 57014 and 55P03, as statement_timeout, lock_timeout and a cancel have them, and where the server runs out of something; none about the text; one that cannot be parsed is refused as a whole, with code 42601. No row for a null argument.';
