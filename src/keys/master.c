/*-------------------------------------------------------------------------
 *
 * src/keys/master.c
 *	  Reads the master keys, which data keys are wrapped under.
 *
 * A command or a file gives one key a line, 64 hexadecimal digits: first the
 * one that wraps from now on, below it former ones that still unwrap.  The
 * command is run once, by the postmaster.  The file is read then as well, and
 * again by a backend that meets a data key wrapped under a key it does not
 * know, or that is about to wrap one: so a new line in the file needs no
 * restart.  What was read is zeroed once the wrapping keys are derived.
 *
 * No message holds a byte of what was read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errcodes.h"
#include "base/settings.h"
#include "keys/master.h"
#include "keys/secret.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/builtins.h"

#define MASTER_KEYS_MAX		16
#define LINE_DIGITS			(2 * CR_SECRET_BYTES)
#define TEXT_MAX			(MASTER_KEYS_MAX * (LINE_DIGITS + 2) + 1024)

static CrMasterKey keys[MASTER_KEYS_MAX];
static int	nkeys = 0;

static void
forget_keys(CrMasterKey *some, int n)
{
	int			i;

	for (i = 0; i < n; i++)
		cr_secret_free(some[i].wrapping);
}

/* Turns one key into what is kept of it. */
static bool
derive_key(const uint8 *secret, CrMasterKey *key)
{
	uint8		id[CR_SECRET_BYTES];

	key->wrapping = cr_secret_alloc();
	if (key->wrapping == NULL)
		return false;
	if (!cr_secret_derive(secret, "cleanroom master key id", id) ||
		!cr_secret_derive(secret, "cleanroom wrapping", key->wrapping))
	{
		cr_secret_free(key->wrapping);
		return false;
	}
	memcpy(key->id, id, CR_MASTER_ID_BYTES);
	return true;
}

/* Reads one digit; -1 when it is none. */
static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Reads a line of len characters; false when it is no key. */
static bool
parse_line(const char *line, int len, CrMasterKey *key)
{
	uint8	   *secret;
	bool		ok = (len == LINE_DIGITS);
	int			i;

	if (!ok || (secret = cr_secret_alloc()) == NULL)
		return false;
	for (i = 0; i < CR_SECRET_BYTES && ok; i++)
	{
		int			high = digit_value(line[2 * i]);
		int			low = digit_value(line[2 * i + 1]);

		ok = high >= 0 && low >= 0;
		secret[i] = (uint8) ((high << 4) | low);
	}
	ok = ok && derive_key(secret, key);
	cr_secret_free(secret);

	return ok;
}

/*
 * Takes the keys of a text, in the place of those there are.  Returns NULL,
 * or what is wrong with the text; then the keys stay.
 */
static const char *
take_keys(const char *text, size_t len)
{
	CrMasterKey found[MASTER_KEYS_MAX];
	int			nfound = 0;
	int			line_number = 0;
	const char *end = text + len;
	const char *problem = NULL;

	while (text < end && problem == NULL)
	{
		const char *newline = memchr(text, '\n', end - text);
		const char *line_end = newline != NULL ? newline : end;
		int			length = (int) (line_end - text);

		line_number++;
		while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
			length--;
		if (length > 0 && nfound == MASTER_KEYS_MAX)
			problem = psprintf("There are more than %d keys.",
							   MASTER_KEYS_MAX);
		else if (length > 0 && !parse_line(text, length, &found[nfound]))
			problem = psprintf("Line %d is not a key of %d hexadecimal digits.",
							   line_number, LINE_DIGITS);
		else if (length > 0)
			nfound++;
		text = line_end + 1;
	}
	if (problem == NULL && nfound == 0)
		problem = "It holds no key.";
	if (problem != NULL)
	{
		forget_keys(found, nfound);
		return problem;
	}
	forget_keys(keys, nkeys);
	memcpy(keys, found, sizeof(found));
	nkeys = nfound;
	return NULL;
}

/* As take_keys(), from a buffer that is zeroed; raises what is wrong. */
static void
take_buffer(char *buffer, size_t len, int elevel, const char *setting)
{
	const char *problem;

	if (len > TEXT_MAX)
		problem = "It is too long.";
	else
		problem = take_keys(buffer, len);
	explicit_bzero(buffer, TEXT_MAX + 1);
	if (problem != NULL)
		ereport(elevel,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("what \"%s\" gives is no master key", setting),
				 errdetail("%s", problem),
				 errhint("Give one key a line, the current one first, as \"openssl rand -hex 32\" prints them.")));
}

/* Is the open file inside the data directory, where backups would take it? */
static bool
inside_data_directory(const char *path)
{
	char		resolved[PATH_MAX];
	char		data[PATH_MAX];
	size_t		len;

	if (realpath(path, resolved) == NULL || realpath(DataDir, data) == NULL)
		return false;
	len = strlen(data);
	return strncmp(resolved, data, len) == 0 && resolved[len] == '/';
}

/* What is wrong with the file as such; NULL for nothing. */
static const char *
judge_file(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return "It is not a regular file.";
	if (st.st_uid != geteuid())
		return "It is not owned by the user that runs the server.";
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return "Its group or others have permissions on it; it must be 0600 or less.";
	if (inside_data_directory(path))
		return "It is inside the data directory, so that every backup would hold it beside the keys it wraps.";
	return NULL;
}

static void
read_file(int elevel)
{
	char		buffer[TEXT_MAX + 1];
	const char *problem;
	size_t		len = 0;
	ssize_t		n = 0;
	int			fd;

	fd = open(cr_master_key_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
	{
		ereport(elevel,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("could not open the master key file: %m"),
				 errhint("Set \"cleanroom.master_key_file\" to a file of the server's user.")));
		return;
	}
	problem = judge_file(fd, cr_master_key_file);
	while (problem == NULL && len < sizeof(buffer) &&
		   (n = read(fd, buffer + len, sizeof(buffer) - len)) > 0)
		len += n;
	if (n < 0)
		problem = "It could not be read.";
	close(fd);
	if (problem != NULL)
	{
		ereport(elevel,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("the master key file is refused"),
				 errdetail("%s", problem),
				 errhint("Put it outside the data directory, owned by the server's user, with mode 0600.")));
		return;
	}
	take_buffer(buffer, len, elevel, "cleanroom.master_key_file");
}

/* Runs the command; FATAL when it fails. */
static void
run_command(void)
{
	char		buffer[TEXT_MAX + 1];
	size_t		len = 0;
	size_t		n;
	FILE	   *pipe;
	int			status;

	pipe = OpenPipeStream(cr_master_key_command, "r");
	if (pipe == NULL)
		ereport(FATAL,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("could not run \"cleanroom.master_key_command\": %m"),
				 errhint("Set it to a command of the server's user.")));
	/* no copy of the key in a buffer that nobody zeroes */
	setvbuf(pipe, NULL, _IONBF, 0);
	while (len < sizeof(buffer) &&
		   (n = fread(buffer + len, 1, sizeof(buffer) - len, pipe)) > 0)
		len += n;
	status = ClosePipeStream(pipe);
	if (status != 0)
	{
		explicit_bzero(buffer, sizeof(buffer));
		ereport(FATAL,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("\"cleanroom.master_key_command\" failed"),
				 errdetail("%s", wait_result_to_str(status)),
				 errhint("Run it by hand as the server's user.")));
	}
	take_buffer(buffer, len, FATAL, "cleanroom.master_key_command");
}

void
cr_master_init(void)
{
	bool		by_command = cr_master_key_command[0] != '\0';
	bool		by_file = cr_master_key_file[0] != '\0';

	if (by_command && by_file)
		ereport(FATAL,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("both \"cleanroom.master_key_command\" and \"cleanroom.master_key_file\" are set"),
				 errhint("Set one of them.")));
	if (by_command)
		run_command();
	else if (by_file)
		read_file(FATAL);
}

void
cr_master_reread(void)
{
	if (cr_master_key_file[0] != '\0' && cr_master_key_command[0] == '\0')
		read_file(ERROR);
}

const CrMasterKey *
cr_master_current(void)
{
	if (nkeys == 0)
		cr_master_reread();
	if (nkeys == 0)
		ereport(ERROR,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("the server has no master key"),
				 errhint("Set \"cleanroom.master_key_command\" or \"cleanroom.master_key_file\" in postgresql.conf.")));
	return &keys[0];
}

const CrMasterKey *
cr_master_find(const uint8 *id)
{
	int			attempt;
	int			i;

	for (attempt = 0; attempt < 2; attempt++)
	{
		for (i = 0; i < nkeys; i++)
		{
			if (memcmp(keys[i].id, id, CR_MASTER_ID_BYTES) == 0)
				return &keys[i];
		}
		if (attempt == 0)
			cr_master_reread();
	}
	return NULL;
}

char *
cr_master_id_text(const uint8 *id)
{
	char	   *text = palloc(2 * CR_MASTER_ID_BYTES + 1);

	text[hex_encode((const char *) id, CR_MASTER_ID_BYTES, text)] = '\0';
	return text;
}
