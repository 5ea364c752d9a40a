/*-------------------------------------------------------------------------
 *
 * src/session/template_text.c
 *	  Reads the text of a template.
 *
 * Its names are looked up whenever it is read, and may stand for other things
 * each time: schemas can be renamed.  So an approval, which is of a text and a
 * digest, is compared with what the names stand for in the query that runs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "parser/analyze.h"
#include "session/template_digest.h"
#include "session/template_text.h"
#include "tcop/tcopprot.h"

static void
show_position(void *arg)
{
	int			position = geterrposition();

	if (position <= 0)
		return;
	errposition(0);
	internalerrposition(position);
	internalerrquery((const char *) arg);
}

void
cr_template_text_enter(ErrorContextCallback *callback, const char *text)
{
	callback->callback = show_position;
	callback->arg = unconstify(char *, text);
	callback->previous = error_context_stack;
	error_context_stack = callback;
}

void
cr_template_text_leave(const ErrorContextCallback *callback)
{
	error_context_stack = callback->previous;
}

static RawStmt *
parse_one_select(const char *text)
{
	List	   *statements = pg_parse_query(text);

	if (list_length(statements) != 1 ||
		!IsA(linitial_node(RawStmt, statements)->stmt, SelectStmt))
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("a template must be one SELECT statement"),
				 errhint("Leave out everything before and after it.")));
	return linitial_node(RawStmt, statements);
}

Query *
cr_template_text_read(const char *text, Oid *types, int ntypes)
{
	return parse_analyze_fixedparams(parse_one_select(text), text, types,
									 ntypes, NULL);
}

/* How far the query is written from the beginning is all that may differ. */
static void
leave_out_positions(char *tree)
{
	static const char *const fields[] = {
		" :location ", " :stmt_location ", " :stmt_len "
	};
	char	   *to = tree;

	for (const char *from = tree; *from != '\0';)
	{
		size_t		length = 0;

		for (size_t i = 0; i < lengthof(fields) && length == 0; i++)
		{
			if (strncmp(from, fields[i], strlen(fields[i])) == 0)
				length = strlen(fields[i]);
		}
		if (length > 0)
		{
			from += length;
			from += strspn(from, "-0123456789");
		}
		else
			*to++ = *from++;
	}
	*to = '\0';
}

bytea *
cr_template_objects(const Query *query)
{
	char	   *tree = nodeToString(query);

	leave_out_positions(tree);
	return cr_template_digest_of(tree);
}
