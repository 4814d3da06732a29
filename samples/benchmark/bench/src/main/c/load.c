/*
 * A load generator for one core: WebSocket echo, echo of bytes on TCP, fan-out to WebSockets and to event streams.
 *
 *   load MODE key=value ...
 *
 *   echo    connections WebSockets on path, each with window messages on their way
 *   raw     the same on TCP without framing; length: with a length of 8 bytes, little-endian, before each message
 *   fanout  connections WebSockets on path get what one WebSocket on publish sends, window messages outstanding
 *   sse     the same with event streams
 *   stomp   the same with subscribers of the STOMP destination /topic/benchmark
 *
 * What answers the messages of one read is sent at once, as a client that pipelines does. Each message carries a
 * number. A message that is missing, repeated, out of order or of another length is an error, and the exit status is
 * then 1. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum mode { ECHO, RAW, LENGTH, FANOUT, SSE };
enum { DIGITS = 8, RING = 4096, SLOTS = 2000000, CHUNK = 1 << 18 };

struct peer {
	int fd;
	int open;              /* the head of the answer has come */
	int publisher;
	uint32_t sent, next;   /* numbers: to be sent, to be received */
	uint64_t *at;          /* when each outstanding message was sent */
	char *rest;            /* received and not yet whole */
	size_t rest_size, rest_room;
	size_t chunk;          /* of an event stream: what is left of the chunk */
	int chunk_ends;
	char *text;            /* of an event stream: content without chunks */
	size_t text_size, text_room;
};

static enum mode mode;
static int stomp;
static int port = 8080, connections = 100, window = 1;
static size_t size = 64;
static double seconds = 3, warm_up = 1;
static const char *path = "/echo", *publish = "/pub";
static int server;

static struct peer *peers, *publisher;
static int poll_fd, opened;
static uint64_t received, errors, stops_at;
static int counting, stopping;
static uint64_t published_at[RING];
static uint32_t missing[RING];
static uint32_t *latency, outstanding;
static uint64_t measured;
static char *frame;            /* a masked frame, or the bytes of a message */
static size_t frame_size, header_size;
static char *replies;          /* of one read, sent when it has been taken */
static size_t replies_size, replies_room;
static const unsigned char key[4] = { 0x5a, 0x0f, 0xc3, 0x96 };
static char buffer[CHUNK];

static uint64_t now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fail(const char *what) {
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void error(const char *what, uint32_t got, uint32_t expected) {
	if (errors++ < 5)
		fprintf(stderr, "load: %s: %u instead of %u\n", what, got, expected);
}

/* User and system time of a process in seconds. */
static double cpu_of(int pid) {
	char name[64], line[1024];
	unsigned long user = 0, system = 0;
	snprintf(name, sizeof name, "/proc/%d/stat", pid);
	FILE *file = fopen(name, "r");
	if (!file || !fgets(line, sizeof line, file))
		fail(name);
	fclose(file);
	sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
	return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

static double own_cpu(void) {
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	return use.ru_utime.tv_sec + use.ru_stime.tv_sec + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void keep(char **to, size_t *used, size_t *room, const char *bytes, size_t length) {
	if (*used + length > *room && !(*to = realloc(*to, *room = (*used + length) * 2)))
		fail("memory");
	memcpy(*to + *used, bytes, length);
	*used += length;
}

/* Writes everything: the messages of a window always fit into the buffer of a socket. */
static void put(struct peer *p, const char *bytes, size_t length) {
	while (length > 0) {
		ssize_t sent = send(p->fd, bytes, length, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			fail("send");
		if (sent > 0) {
			bytes += sent;
			length -= sent;
		}
	}
}

static int is_masked(void) {
	return mode == ECHO || mode == FANOUT || mode == SSE;
}

static void prepare_frame(void) {
	frame = malloc(size + 16);
	if (is_masked()) {
		frame[0] = (char)0x81;
		if (size < 126) {
			frame[1] = (char)(0x80 | size);
			header_size = 2;
		} else {
			frame[1] = (char)(0x80 | 126);
			frame[2] = (char)(size >> 8);
			frame[3] = (char)size;
			header_size = 4;
		}
		memcpy(frame + header_size, key, sizeof key);
		header_size += sizeof key;
	} else if (mode == LENGTH) {
		uint64_t length = size;
		memcpy(frame, &length, header_size = sizeof length);
	}
	for (size_t i = 0; i < size; i++)
		frame[header_size + i] = (char)('a' ^ (is_masked() ? key[i & 3] : 0));
	frame_size = header_size + size;
}

static void write_number(uint32_t number) {
	static const char hex[] = "0123456789abcdef";
	for (int i = 0; i < DIGITS; i++)
		frame[header_size + i] = (char)(hex[number >> (28 - 4 * i) & 15] ^ (is_masked() ? key[i & 3] : 0));
}

/* Sends a text of less than 126 bytes, and the NUL behind it, in a masked frame. */
static void send_command(struct peer *p, const char *command) {
	size_t length = strlen(command) + 1;
	char bytes[6 + 126];
	bytes[0] = (char)0x81;
	bytes[1] = (char)(0x80 | length);
	memcpy(bytes + 2, key, sizeof key);
	for (size_t i = 0; i < length; i++)
		bytes[6 + i] = (char)(command[i] ^ key[i & 3]);
	put(p, bytes, 6 + length);
}

static uint32_t number_of(const char *content) {
	uint32_t number = 0;
	for (int i = 0; i < DIGITS; i++)
		number = number << 4 | (uint32_t)(content[i] <= '9' ? content[i] - '0' : content[i] - 'a' + 10);
	return number;
}

static void took(uint64_t since, uint64_t time) {
	uint64_t micros = (time - since) / 1000;
	latency[micros < SLOTS ? micros : SLOTS - 1]++;
	measured++;
}

static void publish_next(void) {
	uint32_t number = publisher->sent++;
	published_at[number % RING] = now();
	missing[number % RING] = (uint32_t)connections;
	outstanding++;
	write_number(number);
	put(publisher, frame, frame_size);
}

static void reply(struct peer *p, uint64_t time) {
	p->at[p->sent % (uint32_t)window] = time;
	write_number(p->sent++);
	keep(&replies, &replies_size, &replies_room, frame, frame_size);
}

static void send_replies(struct peer *p) {
	put(p, replies, replies_size);
	replies_size = 0;
}

static void echoed(struct peer *p, uint64_t time) {
	if (counting)
		took(p->at[(p->next - 1) % (uint32_t)window], time);
	if (!stopping)
		reply(p, time);
}

static void delivered(uint32_t number, uint64_t time) {
	if (--missing[number % RING] > 0)
		return;
	if (counting)
		took(published_at[number % RING], time);
	outstanding--;
	if (!stopping)
		publish_next();
}

static void message(struct peer *p, const char *content, size_t length, uint64_t time) {
	if (length != size) {
		error("length", (uint32_t)length, (uint32_t)size);
		return;
	}
	uint32_t number = number_of(content);
	if (number != p->next)
		error("number", number, p->next);
	p->next = number + 1;
	received += (uint64_t)counting;
	if (mode == FANOUT || mode == SSE)
		delivered(number, time);
	else
		echoed(p, time);
}

/* Takes a STOMP frame of the server: CONNECTED, or MESSAGE with a body that ends with NUL. */
static void stomp_frame(struct peer *p, const char *content, size_t length, uint64_t time) {
	const char *body = memmem(content, length, "\n\n", 2);
	if (length > 9 && !memcmp(content, "CONNECTED", 9)) {
		send_command(p, "SUBSCRIBE\nid:0\ndestination:/topic/benchmark\n\n");
		opened++;
	} else if (body && length > 7 && !memcmp(content, "MESSAGE", 7))
		message(p, body + 2, length - (size_t)(body + 2 - content) - 1, time);
	else
		error("a STOMP frame", (uint32_t)length, 0);
}

/* Answers how many bytes of whole WebSocket frames were read. */
static size_t frames(struct peer *p, const char *bytes, size_t length, uint64_t time) {
	size_t done = 0;
	while (length - done >= 2) {
		const unsigned char *at = (const unsigned char *)bytes + done;
		size_t head = 2, content = at[1] & 127;
		if (content == 126) {
			if (length - done < 4)
				break;
			content = (size_t)at[2] << 8 | at[3];
			head = 4;
		}
		if (length - done < head + content)
			break;
		if ((at[0] & 15) == 1 && stomp)
			stomp_frame(p, (const char *)at + head, content, time);
		else if ((at[0] & 15) == 1)
			message(p, (const char *)at + head, content, time);
		else if ((at[0] & 15) == 8)
			error("closed with a code", content >= 2 ? (uint32_t)(at[2] << 8 | at[3]) : 0, 0);
		done += head + content;
	}
	return done;
}

static size_t messages(struct peer *p, const char *bytes, size_t length, uint64_t time) {
	size_t done = 0, head = mode == LENGTH ? 8 : 0;
	for (; length - done >= head + size; done += head + size)
		message(p, bytes + done + head, size, time);
	return done;
}

/* Takes the whole lines of an event stream; each message is one line of data. */
static void lines(struct peer *p, uint64_t time) {
	char *line = p->text, *end = p->text + p->text_size, *stop;
	while ((stop = memchr(line, '\n', (size_t)(end - line)))) {
		if (stop - line > 5 && !memcmp(line, "data:", 5)) {
			char *content = line + 5 + (line[5] == ' ');
			message(p, content, (size_t)(stop - content) - (stop[-1] == '\r'), time);
		}
		line = stop + 1;
	}
	p->text_size = (size_t)(end - line);
	memmove(p->text, line, p->text_size);
}

/* Takes the chunks of a response; answers how many bytes were read. */
static size_t chunks(struct peer *p, const char *bytes, size_t length, uint64_t time) {
	size_t done = 0;
	while (done < length) {
		if (p->chunk_ends) {
			if (length - done < 2)
				break;
			done += 2;
			p->chunk_ends = 0;
		} else if (p->chunk > 0) {
			size_t piece = length - done < p->chunk ? length - done : p->chunk;
			keep(&p->text, &p->text_size, &p->text_room, bytes + done, piece);
			done += piece;
			p->chunk_ends = (p->chunk -= piece) == 0;
		} else {
			const char *stop = memchr(bytes + done, '\n', length - done);
			if (!stop)
				break;
			p->chunk = strtoul(bytes + done, NULL, 16);
			done = (size_t)(stop - bytes) + 1;
			if (p->chunk == 0)
				error("the stream has ended", 0, 0);
		}
	}
	lines(p, time);
	return done;
}

/* Takes the head of the answer to a request. */
static size_t head(struct peer *p, const char *bytes, size_t length) {
	const char *end = memmem(bytes, length, "\r\n\r\n", 4);
	if (!end)
		return 0;
	if (memcmp(bytes + 9, p->publisher || mode != SSE ? "101" : "200", 3)) {
		fprintf(stderr, "load: %.*s\n", (int)(end - bytes), bytes);
		exit(2);
	}
	p->open = 1;
	if (stomp && !p->publisher)
		send_command(p, "CONNECT\naccept-version:1.2\nhost:bench\n\n");
	else
		opened++;
	return (size_t)(end - bytes) + 4;
}

static size_t take(struct peer *p, const char *bytes, size_t length, uint64_t time) {
	size_t done = p->open ? 0 : head(p, bytes, length);
	if (!p->open)
		return 0;
	if (mode == RAW || mode == LENGTH)
		return done + messages(p, bytes + done, length - done, time);
	if (mode == SSE && !p->publisher)
		return done + chunks(p, bytes + done, length - done, time);
	return done + frames(p, bytes + done, length - done, time);
}

/* Takes what the buffer holds, after what was left of the reads before. */
static void take_all(struct peer *p, size_t got, uint64_t time) {
	if (p->rest_size == 0) {
		size_t done = take(p, buffer, got, time);
		keep(&p->rest, &p->rest_size, &p->rest_room, buffer + done, got - done);
		return;
	}
	keep(&p->rest, &p->rest_size, &p->rest_room, buffer, got);
	size_t done = take(p, p->rest, p->rest_size, time);
	p->rest_size -= done;
	memmove(p->rest, p->rest + done, p->rest_size);
}

static void readable(struct peer *p) {
	ssize_t got = recv(p->fd, buffer, sizeof buffer, 0);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		error("a connection has ended", 0, 0);
		close(p->fd);
		return;
	}
	take_all(p, (size_t)got, now());
	send_replies(p);
}

static void turn(int millis) {
	struct epoll_event events[256];
	int count = epoll_wait(poll_fd, events, 256, millis);
	for (int i = 0; i < count; i++)
		readable(events[i].data.ptr);
}

static void connect_peer(struct peer *p, const char *to) {
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;
	p->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&address, sizeof address))
		fail("connect");
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	fcntl(p->fd, F_SETFL, O_NONBLOCK);
	p->at = calloc((size_t)window, sizeof *p->at);
	if (mode == RAW || mode == LENGTH) {
		p->open = 1;
		opened++;
	} else {
		char request[512];
		int stream = mode == SSE && !p->publisher;
		int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n", to, port,
			stream ? "Accept: text/event-stream\r\n" : "Connection: Upgrade\r\nUpgrade: websocket\r\n"
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n");
		put(p, request, (size_t)length);
	}
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = p };
	epoll_ctl(poll_fd, EPOLL_CTL_ADD, p->fd, &event);
	turn(0);
}

/* Some servers send the head of an event stream with the first event. */
static int is_ready(void) {
	return mode == SSE ? publisher->open : opened == connections + (publisher != NULL);
}

static int is_done(void) {
	if (publisher)
		return outstanding == 0;
	for (int i = 0; i < connections; i++)
		if (peers[i].next != peers[i].sent)
			return 0;
	return 1;
}

static void run_for(double time) {
	stops_at = now() + (uint64_t)(time * 1e9);
	while (now() < stops_at)
		turn(10);
}

static double percentile(double part) {
	uint64_t seen = 0;
	for (int i = 0; i < SLOTS; i++)
		if ((double)(seen += latency[i]) >= part * (double)measured)
			return i;
	return SLOTS;
}

static void option(char *argument) {
	char *value = strchr(argument, '=');
	if (!value) {
		fprintf(stderr, "load: %s is no key=value\n", argument);
		exit(2);
	}
	*value++ = 0;
	if (!strcmp(argument, "port")) port = atoi(value);
	else if (!strcmp(argument, "connections")) connections = atoi(value);
	else if (!strcmp(argument, "window")) window = atoi(value);
	else if (!strcmp(argument, "size")) size = strtoul(value, NULL, 10);
	else if (!strcmp(argument, "seconds")) seconds = atof(value);
	else if (!strcmp(argument, "warm-up")) warm_up = atof(value);
	else if (!strcmp(argument, "path")) path = value;
	else if (!strcmp(argument, "publish")) publish = value;
	else if (!strcmp(argument, "pid")) server = atoi(value);
	else {
		fprintf(stderr, "load: unknown option %s\n", argument);
		exit(2);
	}
}

int main(int count, char **arguments) {
	static const char *modes[] = { "echo", "raw", "length", "fanout", "sse", "stomp" };
	int chosen = -1;
	for (int i = 0; i < 6 && count > 1; i++)
		if (!strcmp(arguments[1], modes[i]))
			chosen = i;
	for (int i = 2; i < count; i++)
		option(arguments[i]);
	if (chosen < 0 || size < DIGITS || size > 65535 || window < 1 || window >= RING || connections < 1) {
		fprintf(stderr, "usage: load echo|raw|length|fanout|sse|stomp [port= path= publish= connections= window= size= "
			"seconds= warm-up= pid=]; size from 8 to 65535\n");
		return 2;
	}
	stomp = chosen == 5;
	mode = stomp ? FANOUT : (enum mode)chosen;
	latency = calloc(SLOTS, sizeof *latency);
	peers = calloc((size_t)connections + 1, sizeof *peers);
	poll_fd = epoll_create1(0);
	prepare_frame();
	for (int i = 0; i < connections; i++)
		connect_peer(&peers[i], path);
	if (mode == FANOUT || mode == SSE) {
		publisher = &peers[connections];
		publisher->publisher = 1;
		connect_peer(publisher, publish);
	}
	for (uint64_t late = now() + 20000000000u; !is_ready();) {
		turn(10);
		if (now() > late)
			fail("the handshakes");
	}
	run_for(0.5); /* subscriptions take a moment */
	for (int i = 0; i < window && publisher; i++)
		publish_next();
	for (int i = 0; i < connections && !publisher; i++) {
		for (int j = 0; j < window; j++)
			reply(&peers[i], now());
		send_replies(&peers[i]);
	}
	run_for(warm_up);
	counting = 1;
	uint64_t begin = now();
	double server_cpu = server ? cpu_of(server) : 0, cpu = own_cpu();
	run_for(seconds);
	counting = 0;
	double time = (double)(now() - begin) / 1e9;
	server_cpu = server ? cpu_of(server) - server_cpu : 0;
	cpu = own_cpu() - cpu;
	stopping = 1;
	/* what is on its way arrives, late where the server is slow */
	for (uint64_t late = now() + 20000000000u; !is_done() && now() < late;)
		turn(10);
	run_for(0.05);
	if (publisher && outstanding > 0)
		error("messages that did not reach every subscriber", outstanding, 0);
	for (int i = 0; i < connections && !publisher; i++)
		if (peers[i].next != peers[i].sent)
			error("echoes", peers[i].next, peers[i].sent);
	printf("{\"mode\":\"%s\",\"connections\":%d,\"size\":%zu,\"window\":%d,\"seconds\":%.3f,\"messages\":%llu,"
		"\"rate\":%.0f,\"p50\":%.0f,\"p99\":%.0f,\"micros\":%.3f,\"server\":%.3f,\"generator\":%.3f,\"errors\":%llu}\n",
		modes[mode], connections, size, window, time, (unsigned long long)received, (double)received / time,
		percentile(0.5), percentile(0.99), received ? server_cpu * 1e6 / (double)received : 0, server_cpu / time,
		cpu / time, (unsigned long long)errors);
	return errors > 0;
}
