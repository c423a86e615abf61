/* ordinal serve: wires the Corefile, the watched API server and DNS on one loop; ordered close.
 * Source: CoreDNS's command line and its plugin/kubernetes for what happens at start.
 * Regime: one static struct, control thread. Called by: main.
 *
 * Happy path: Corefile read -> loop, clock, remote, one DNS server with all blocks, subscribed -> synced, or the longest
 * startup_timeout over -> ports taken, "ready ..." on stdout -> signal -> close.
 * Failure paths: Corefile wrong, or asking for what is not served -> exit 1, nothing opened; credentials or a port
 * fail -> what is open is closed, exit 1; not synced in time -> serves SERVFAIL, and goes on trying. Second signal while
 * closing -> exit at once. */
#include "serve.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/option.h"
#include "dns/config/corefile.h"
#include "dns/server.h"
#include "serve_bind.h"
#include "serve_files.h"
#include "serve_remote.h"
#include "start.h"
#include "watch/remote/remote.h"

#define COREFILE     "Corefile"
#define SYNC_POLL_MS 1 /* how often DNS is asked whether it is synced, until it is */

/* Without a Corefile. */
static const char built_in[] = ". {\n"
			       "\terrors\n"
			       "\tkubernetes cluster.local in-addr.arpa ip6.arpa {\n"
			       "\t\tpods insecure\n"
			       "\t}\n"
			       "\tloadbalance\n"
			       "}\n";

struct settings {
	const char *conf;
	const char *kubeconfig;
	const char *log_format;
	int64_t port, threads, verbosity;
};

#define AT(member) offsetof(struct settings, member)
static const struct option_row rows[] = {
	{ "conf", 0, OPTION_TEXT, "FILE",
		"the Corefile (./Corefile if there is one, else cluster.local is served)", NULL,
		AT(conf), 0, 0 },
	{ "dns.port", 0, OPTION_INT, "N", "port of zones that name none (53; 0: a free one)", NULL,
		AT(port), 0, 65535 },
	{ "kubeconfig", 0, OPTION_TEXT, "FILE",
		"where the API server is and who we are; goes before what the Corefile says", NULL,
		AT(kubeconfig), 0, 0 },
	{ "threads", 0, OPTION_INT, "N", "query threads an address (0: one a core)", NULL,
		AT(threads), 0, 1024 },
	{ "log-format", 0, OPTION_CHOICE, "text|json", "form of the log on standard error",
		"text|json", AT(log_format), 0, 0 },
	{ "verbosity", 'v', OPTION_INT, "N", "0: changes worth knowing, 1 and more: everything (0)",
		NULL, AT(verbosity), 0, 10 },
};
const struct option_command serve_command = { .name = "serve",
	.summary = "answer the names of a cluster, as CoreDNS does",
	.about = "Watches a kube-apiserver and answers the Kubernetes DNS schema for it, "
		 "as a Corefile says. Without\n"
		 "--kubeconfig and without kubeconfig or endpoint in the Corefile it uses the "
		 "service account of its pod.\n"
		 "Prints one line when it serves:\n"
		 "  ready dns=[::]:53 cluster=https://10.96.0.1:443\n"
		 "SIGINT or SIGTERM ends it. SIGUSR1 writes its figures into the log: how old what "
		 "it knows of the cluster\n"
		 "is, objects, changes and failures by kind, named as Prometheus names figures.",
	.examples = "  ordinal serve --kubeconfig ~/.kube/config -dns.port 1053\n"
		    "  ordinal serve -conf /etc/coredns/Corefile",
	.arguments = "",
	.rows = rows,
	.n_rows = ARRAY_LEN(rows) };

struct listener { /* a server block on one of its ports */
	const struct corefile_listener *asked;
	struct option_addr *addrs;
	size_t n_addrs;
};

struct serve {
	struct settings set;
	struct corefile *corefile;
	uv_loop_t loop;
	uv_signal_t on_int, on_term, on_hup, on_usr1;
	uv_timer_t sync_poll;
	struct clock *clock;
	struct remote *remote; /* NULL: no block has kubernetes */
	struct dns_server *dns;
	struct listener *listeners;
	size_t n_listeners;
	uint64_t opened_ms;
	bool ready; /* said */
	bool closing;
	int exit_code;
};

/* ---- close: DNS, then what feeds it ---- */

static void close_2(void *ctx)
{
	struct serve *s = ctx;
	uv_close((uv_handle_t *)&s->on_int, NULL);
	uv_close((uv_handle_t *)&s->on_term, NULL);
	uv_close((uv_handle_t *)&s->on_hup, NULL);
	uv_close((uv_handle_t *)&s->on_usr1, NULL);
	uv_close((uv_handle_t *)&s->sync_poll, NULL);
	clock_close(s->clock, NULL, NULL);
}

static void close_1(void *ctx)
{
	struct serve *s = ctx;
	if (s->remote) {
		remote_close(s->remote, close_2, s);
	} else {
		close_2(s);
	}
}

static void serve_close(struct serve *s, int exit_code)
{
	if (s->closing) {
		return;
	}
	s->closing = true;
	s->exit_code = exit_code;
	uv_timer_stop(&s->sync_poll);
	if (s->dns) {
		dns_server_close(s->dns, close_1, s);
	} else {
		close_1(s);
	}
}

static void on_signal(uv_signal_t *h, int signum)
{
	struct serve *s = h->loop->data;
	if (s->closing) {
		_exit(128 + signum); /* asked twice: do not wait for the ordered way */
	}
	log_info("serve", "%s: closing", start_signal_name(signum));
	serve_close(s, 0);
}

/* Figures, a sample a line; a page that is asked for over HTTP has them in the same words. */
static void on_figures(uv_signal_t *h, int signum)
{
	struct serve *s = h->loop->data;
	struct strv rest;
	struct strv line;
	struct buf page;
	unsigned n = 0;
	(void)signum;
	if (s->closing || !s->remote) {
		return;
	}
	buf_init(&page);
	remote_metrics(s->remote, &page);
	rest = page.err ? STRV_NONE : buf_strv(&page);
	while (strv_cut(&rest, '\n', &line)) {
		if (line.n > 0 && line.p[0] != '#') {
			log_info("figures", "%.*s", STRV_ARG(line));
			n++;
		}
	}
	log_info("serve", "SIGUSR1: %u figures", n);
	buf_deinit(&page);
}

/* ---- the Corefile ---- */

static const char *environment(void *ctx, const char *name)
{
	(void)ctx;
	return getenv(name);
}

static void say_notes(const struct corefile *c)
{
	for (const struct corefile_note *n = c->warnings; n; n = n->next) {
		fprintf(stderr, "warning: %s:%u: %s\n", n->file, n->line, n->text);
	}
	for (const struct corefile_note *n = c->unserved; n; n = n->next) {
		fprintf(stderr, "error: %s:%u: %s is not served yet\n", n->file, n->line, n->text);
	}
}

/* Says what is wrong. */
NODISCARD static int load_corefile(struct serve *s)
{
	struct corefile_source source = { .file = s->set.conf ? s->set.conf : COREFILE,
		.default_port = (unsigned)s->set.port,
		.env = environment,
		.files = serve_files_import };
	struct corefile_report report = { .text = "" };
	struct buf text;
	buf_init(&text);
	int err = serve_files_read(source.file, &text);
	if (err == ERR_NOT_FOUND && !s->set.conf) {
		source.file = "(built-in Corefile)";
		buf_add(&text, strv_of(built_in));
		err = text.err;
	}
	if (err) {
		fprintf(stderr, "error: cannot read %s: %s; name another with -conf\n", source.file,
			err_text(err));
	} else {
		err = corefile_parse(buf_strv(&text), &source, &s->corefile, &report);
		if (err) {
			fprintf(stderr, "error: %s\n",
				report.text[0] ? report.text : err_text(err));
		}
	}
	buf_deinit(&text);
	if (!err) {
		say_notes(s->corefile);
		err = s->corefile->unserved ? ERR_UNSUPPORTED : ERR_OK;
	}
	return err;
}

/* ---- start ---- */

static void say_ready(struct serve *s)
{
	fputs("ready dns=", stdout);
	for (size_t i = 0; i < dns_server_n_addrs(s->dns); i++) {
		char text[START_ADDR_CHARS];
		start_addr_print(
			dns_server_addr_at(s->dns, i), dns_server_port_at(s->dns, i), text);
		printf("%s%s", i > 0 ? "," : "", text);
	}
	if (s->remote) {
		printf(" cluster=%s", remote_server_url(s->remote));
	}
	printf("\n");
	fflush(stdout);
	s->ready = true;
}

/* The block that wants this address. */
static const struct corefile_block *block_at(const struct serve *s, const struct option_addr *addr)
{
	for (size_t i = 0; i < s->n_listeners; i++) {
		const struct listener *l = &s->listeners[i];
		for (size_t a = 0; a < l->n_addrs; a++) {
			if (l->addrs[a].port == addr->port &&
				strcmp(l->addrs[a].host, addr->host) == 0) {
				return l->asked->block;
			}
		}
	}
	REQUIRE(false); /* the DNS server has no others */
}

static void say_listen_failed(const struct serve *s, int err)
{
	char place[300];
	size_t i = 0;
	while (i + 1 < dns_server_n_addrs(s->dns) && dns_server_port_at(s->dns, i) > 0) {
		i++;
	}
	const struct option_addr *addr = dns_server_addr_at(s->dns, i);
	const struct corefile_block *b = block_at(s, addr);
	(void)snprintf(place, sizeof(place), "the server block at %s:%u, or -dns.port", b->file,
		b->line); /* cut at worst */
	start_listen_failed("DNS", place, addr, err);
}

/* How long the blocks want to wait for the cluster. */
static int64_t startup_timeout_ms(const struct serve *s)
{
	int64_t longest_ms = 0;
	for (size_t i = 0; i < s->n_listeners; i++) {
		const struct corefile_kubernetes *k = s->listeners[i].asked->block->kubernetes;
		if (k && k->startup_timeout_ms > longest_ms) {
			longest_ms = k->startup_timeout_ms;
		}
	}
	return longest_ms;
}

/* Takes the ports when it is time to. */
NODISCARD static int listen_in_time(struct serve *s, bool synced)
{
	int64_t timeout_ms = startup_timeout_ms(s);
	if (s->ready || (!synced && uv_now(&s->loop) - s->opened_ms < (uint64_t)timeout_ms)) {
		return ERR_OK;
	}
	if (!synced) {
		log_warn("serve",
			"not all of %s is known after %" PRId64
			" ms: names not known yet are answered with SERVFAIL",
			remote_server_url(s->remote), timeout_ms);
	}
	int err = dns_server_listen(s->dns);
	if (err) {
		say_listen_failed(s, err);
	} else {
		say_ready(s);
	}
	return err;
}

static void on_sync_poll(uv_timer_t *t)
{
	struct serve *s = container_of(t, struct serve, sync_poll);
	bool synced = dns_server_synced(s->dns);
	if (listen_in_time(s, synced)) {
		serve_close(s, 1);
		return;
	}
	if (!synced) {
		return;
	}
	if (s->remote) {
		log_info("serve", "all of %s is known after %" PRIu64 " ms",
			remote_server_url(s->remote), uv_now(&s->loop) - s->opened_ms);
	}
	uv_timer_stop(t);
}

/* The DNS server, with the first block; the others join it. */
NODISCARD static int open_block(struct serve *s, const struct listener *l)
{
	const struct corefile_block *b = l->asked->block;
	struct dns_config config = dns_config_default();
	config.listen = l->addrs[0];
	config.more = l->addrs + 1;
	config.n_more = l->n_addrs - 1;
	config.threads = (unsigned)s->set.threads;
	config.block = l->asked->zones;
	config.stages = b->stages;
	config.no_kube = !b->kubernetes;
	if (b->kubernetes) {
		config.kube = b->kubernetes->options;
	}
	config.no_short = true;
	config.listen_later = true;
	int err = s->dns ? dns_server_add(s->dns, &config)
			 : dns_server_open(&s->loop, s->clock,
				   s->remote ? remote_api(s->remote) : NULL, &config, &s->dns);
	if (err) {
		fprintf(stderr, "error: %s:%u: this server block cannot be served: %s\n", b->file,
			b->line,
			err == ERR_EXISTS ? "another on its port has a zone and an address of it"
					  : err_text(err));
	}
	return err;
}

/* Opens everything. On failure what is open stays open: serve_close ends it. */
NODISCARD static int serve_open(struct serve *s)
{
	int err = uv_signal_start(&s->on_int, on_signal, SIGINT);
	err = err ? err : uv_signal_start(&s->on_term, on_signal, SIGTERM);
	/* the terminal is gone; under nohup it is to go on */
	err = err || start_is_ignored(SIGHUP) ? err
					      : uv_signal_start(&s->on_hup, on_signal, SIGHUP);
	err = err ? err : uv_signal_start(&s->on_usr1, on_figures, SIGUSR1);
	err = err ? err
		  : serve_remote_open(
			    s->corefile, s->set.kubeconfig, &s->loop, s->clock, &s->remote);
	for (size_t i = 0; i < s->n_listeners && !err; i++) {
		err = serve_bind(
			s->listeners[i].asked, &s->listeners[i].addrs, &s->listeners[i].n_addrs);
	}
	for (size_t i = 0; i < s->n_listeners && !err; i++) {
		err = open_block(s, &s->listeners[i]);
	}
	s->opened_ms = uv_now(&s->loop);
	return err ? err : uv_timer_start(&s->sync_poll, on_sync_poll, 0, SYNC_POLL_MS);
}

NODISCARD static int loop_open(struct serve *s)
{
	int err = uv_loop_init(&s->loop);
	if (err) {
		return err;
	}
	s->loop.data = s;
	err = clock_open(&s->loop, &s->clock);
	if (err) {
		(void)uv_loop_close(&s->loop); /* nothing was opened on it */
		return err;
	}
	/* These only fill in the handle; they cannot fail on a live loop. */
	(void)uv_signal_init(&s->loop, &s->on_int);
	(void)uv_signal_init(&s->loop, &s->on_term);
	(void)uv_signal_init(&s->loop, &s->on_hup);
	(void)uv_signal_init(&s->loop, &s->on_usr1);
	(void)uv_timer_init(&s->loop, &s->sync_poll);
	return ERR_OK;
}

NODISCARD static int make_listeners(struct serve *s)
{
	const struct corefile *c = s->corefile;
	s->listeners = calloc(c->n_listeners, sizeof(*s->listeners));
	if (!s->listeners) {
		fprintf(stderr, "error: %s\n", err_text(ERR_NOMEM));
		return ERR_NOMEM;
	}
	s->n_listeners = c->n_listeners;
	for (size_t i = 0; i < c->n_listeners; i++) {
		s->listeners[i].asked = &c->listeners[i];
	}
	return ERR_OK;
}

static int serve_run(struct serve *s)
{
	int err = loop_open(s);
	if (err) {
		fprintf(stderr, "error: cannot start the event loop: %s\n", err_text(err));
		return 1;
	}
	if (serve_open(s) != ERR_OK) {
		serve_close(s, 1);
	}
	(void)uv_run(&s->loop, UV_RUN_DEFAULT); /* returns when every handle is closed */
	err = uv_loop_close(&s->loop);
	REQUIRE(err == 0); /* a handle left open is a bug, not a condition */
	return s->exit_code;
}

static void begin_log(const struct serve *s, bool debug)
{
	int verbosity = (int)s->set.verbosity;
	log_setup(strcmp(s->set.log_format, "json") == 0 ? LOG_JSON : LOG_TEXT,
		debug && verbosity == 0 ? 1 : verbosity);
}

int serve_main(const struct option_program *program, int argc, char **argv)
{
	static struct serve s; /* zeroed */
	s.set = (struct settings){ .log_format = "text", .port = 53 };
	struct option_list arguments = { .n = 0 };
	enum option_outcome o = option_parse(
		program, &serve_command, argc, argv, &s.set, &arguments);
	int exit_code = o == OPTION_WRONG ? 2 : 0;
	if (o == OPTION_RUN) {
		exit_code = 1;
		if (!load_corefile(&s) && !make_listeners(&s)) {
			bool debug = false;
			for (size_t i = 0; i < s.corefile->n_blocks; i++) {
				debug = debug || s.corefile->blocks[i].debug;
			}
			begin_log(&s, debug);
			exit_code = serve_run(&s);
		}
	}
	for (size_t i = 0; i < s.n_listeners; i++) {
		free(s.listeners[i].addrs);
	}
	free(s.listeners);
	corefile_free(s.corefile);
	option_list_deinit(&arguments);
	return exit_code;
}
