package io.iodine.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Requests, good and bad, octet by octet, with the statuses of the answers and whether
 * the connection is closed after the last.
 */
final class RequestTable {

	private static final String HOST = "Host: a\r\n";

	private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

	private final List<Case> cases = new ArrayList<>();

	private RequestTable() {
	}

	static Stream<Case> cases() {
		RequestTable table = new RequestTable();
		table.requestLines();
		table.targets();
		table.versions();
		table.hosts();
		table.headerSyntax();
		table.lineEnds();
		table.lengths();
		table.encodings();
		table.chunks();
		table.trailers();
		table.limits();
		table.expectations();
		table.server();
		table.pipelines();
		return table.cases.stream();
	}

	private void requestLines() {
		good("plain GET", get("/"));
		good("one blank line before", "\r\n" + get("/"));
		bad("two blank lines before", "\r\n\r\n" + get("/"), 400);
		bad("bare LF before", "\n" + get("/"), 400);
		bad("space before", " " + get("/"), 400);
		bad("NUL before", "\0" + get("/"), 400);
		bad("two spaces before the target", "GET  / HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("two spaces before the version", "GET /  HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("tab as separator", "GET\t/\tHTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("vertical tab as separator", "GET /\u000bHTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("form feed as separator", "GET\f/ HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("CR as separator", "GET\r/ HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("space behind the version", "GET / HTTP/1.1 \r\n" + HOST + "\r\n", 400);
		bad("a fourth word", "GET / x HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("no target", "GET HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("no version", "GET /\r\n" + HOST + "\r\n", 400);
		bad("method only", "GET\r\n\r\n", 400);
		bad("colon in the method", "GE:T / HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("method with a comma", "GET,POST / HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("method beyond ASCII", "G\u00c4T / HTTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("method of 40 letters", "A".repeat(40) + " / HTTP/1.1\r\n" + HOST + "\r\n", 501);
		bad("endless method", "A".repeat(100_000), 400);
		bad("a TLS hello", "\u0016\u0003\u0001\u0002\0\u0001\0", 400);
		bad("CONNECT", "CONNECT a:443 HTTP/1.1\r\n" + HOST + "\r\n", 501);
		bad("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400);
		good("OPTIONS", "OPTIONS / HTTP/1.1\r\n" + HOST + "\r\n");
		bad("options in lower case for the server", "options * HTTP/1.1\r\n" + HOST + "\r\n", 400);
	}

	private void targets() {
		good("query", get("/a?b=c&d=%20"));
		good("dangling question mark", get("/?"));
		good("absolute form", get("http://a/b"));
		good("absolute form in upper case", get("HTTP://a/b"));
		good("absolute form without a path", get("http://a"));
		good("absolute form with a query only", get("http://a?b"));
		good("absolute form with a port", get("https://[::1]:443/b"));
		bad("absolute form with a user", get("http://me@a/b"), 400);
		bad("absolute form with a user and a password", get("http://me:secret@a"), 400);
		bad("absolute form without a host", get("http://:80/b"), 400);
		bad("absolute form with a query for a host", get("http://?b"), 400);
		bad("absolute form of another scheme", get("ftp://a/b"), 400);
		bad("absolute form without authority", get("http:///b"), 400);
		bad("asterisk for GET", get("*"), 400);
		bad("no slash", get("a/b"), 400);
		bad("NUL in the target", get("/a\0b"), 400);
		bad("control character in the target", get("/a\u0001b"), 400);
		bad("DEL in the target", get("/a\u007fb"), 400);
		bad("backslash in the target", get("/a\\b"), 400);
		bad("backslash first", get("\\a"), 400);
		bad("fragment in the target", get("/a#b"), 400);
		bad("quote in the target", get("/a\"b"), 400);
		bad("angle bracket in the target", get("/<a"), 400);
		bad("octet beyond ASCII in the target", get("/\u00e4"), 400);
		bad("LF in the target", get("/a\nb"), 400);
		add("percent sign without digits", get("/%zz"), false, 400);
		add("percent sign at the end", get("/%"), false, 400);
		add("brace in the path", get("/{a}"), false, 400);
	}

	private void versions() {
		bad("HTTP/1.2", "GET / HTTP/1.2\r\n" + HOST + "\r\n", 505);
		bad("HTTP/2.0", "GET / HTTP/2.0\r\n" + HOST + "\r\n", 505);
		bad("HTTP/0.9", "GET / HTTP/0.9\r\n" + HOST + "\r\n", 505);
		bad("HTTP/9.9", "GET / HTTP/9.9\r\n" + HOST + "\r\n", 505);
		bad("HTTP/1", "GET / HTTP/1\r\n" + HOST + "\r\n", 400);
		bad("HTTP/01.01", "GET / HTTP/01.01\r\n" + HOST + "\r\n", 400);
		bad("HTTP/1.", "GET / HTTP/1.\r\n" + HOST + "\r\n", 400);
		bad("HTTP/1.10", "GET / HTTP/1.10\r\n" + HOST + "\r\n", 400);
		bad("lower case", "GET / http/1.1\r\n" + HOST + "\r\n", 400);
		bad("HTTPS/1.1", "GET / HTTPS/1.1\r\n" + HOST + "\r\n", 400);
		bad("HTP/1.1", "GET / HTP/1.1\r\n" + HOST + "\r\n", 400);
		bad("a plus sign", "GET / HTTP/+1.1\r\n" + HOST + "\r\n", 400);
		add("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", true, 200);
		add("HTTP/1.0 kept alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, 200);
		add("chunks for HTTP/1.0", "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, 200);
		add("nothing behind chunks for HTTP/1.0", "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + NEXT, true,
				200);
		add("HTTP/1.1 closed", "GET / HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n", true, 200);
	}

	private void hosts() {
		bad("no Host", "GET / HTTP/1.1\r\n\r\n", 400);
		bad("no Host with an absolute target", "GET http://a/ HTTP/1.1\r\n\r\n", 400);
		bad("empty Host", header("Host:"), 400);
		bad("blank Host", header("Host:  \t"), 400);
		bad("two Hosts", header("Host: a\r\nHost: b"), 400);
		bad("the same Host twice", header("Host: a\r\nhOST: a"), 400);
		bad("two names in one Host", header("Host: a, b"), 400);
		bad("slash in Host", header("Host: a/b"), 400);
		bad("user in Host", header("Host: me@a"), 400);
		bad("space in Host", header("Host: a b"), 400);
		bad("letters for a port", header("Host: a:b"), 400);
		bad("no port behind the colon", header("Host: a:"), 400);
		bad("two ports", header("Host: a:1:2"), 400);
		bad("Host beyond ASCII", header("Host: \u00e4"), 400);
		good("Host with a port", header("Host: a:80"));

		good("IPv6 Host", header("Host: [::1]:80"));
		good("Host without a space", header("Host:a"));
		good("Host in upper case", header("HOST: a"));
	}

	private void headerSyntax() {
		bad("space before the colon", header(HOST + "A : b"), 400);
		bad("tab before the colon", header(HOST + "A\t: b"), 400);
		bad("no colon", header(HOST + "Ab"), 400);
		bad("no name", header(HOST + ": b"), 400);
		bad("space in the name", header(HOST + "A b: c"), 400);
		bad("parenthesis in the name", header(HOST + "A(b): c"), 400);
		bad("NUL in the name", header(HOST + "A\0: c"), 400);
		bad("octet beyond ASCII in the name", header(HOST + "\u00c4: c"), 400);
		bad("folded line", header(HOST + "A: b\r\n c"), 400);
		bad("folded by a tab", header(HOST + "A: b\r\n\tc"), 400);
		bad("space before the first header", "GET / HTTP/1.1\r\n " + HOST + "\r\n", 400);
		bad("NUL in a value", header(HOST + "A: b\0c"), 400);
		bad("control character in a value", header(HOST + "A: b\u0001c"), 400);
		bad("escape in a value", header(HOST + "A: \u001b[2J"), 400);
		bad("DEL in a value", header(HOST + "A: \u007f"), 400);
		good("tab in a value", header(HOST + "A: b\tc"));
		good("octets beyond ASCII in a value", header(HOST + "A: \u00e4\u00ff"));
		good("empty value", header(HOST + "A:"));
		good("spaces around a value", header(HOST + "A: \t b \t "));
		bad("underscore in the name of the length", post("Content_Length: 5", "hello"), 400);
		bad("underscore in the name of the encoding", post("Transfer_Encoding: chunked", "0\r\n\r\n"), 400);
		bad("underscore besides a length", post("Content-Length: 5\r\ncontent_length: 2", "hello"), 400);
		good("underscore in another name", header(HOST + "Content_Type: b"));
		good("name of odd characters", header(HOST + "!#$%&'*+-.^_`|~: b"));
	}

	private void lineEnds() {
		bad("bare LF behind the request line", "GET / HTTP/1.1\n" + HOST + "\r\n", 400);
		bad("bare LF behind a header", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400);
		bad("bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400);
		bad("bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400);
		bad("bare CR in a value", header(HOST + "A: b\rc"), 400);
		bad("bare CR behind the request line", "GET / HTTP/1.1\r" + HOST + "\r\n", 400);
		bad("bare CR as a line end", "GET / HTTP/1.1\r\nHost: a\rContent-Length: 5\r\n\r\n", 400);
		bad("CR CR LF", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400);
		bad("bare CR before a name", header(HOST + "\rA: b"), 400);
	}

	private void lengths() {
		good("length of the body", post("Content-Length: 2", "ab"));
		good("length 0", post("Content-Length: 0", ""));
		good("length with zeros before", post("Content-Length: 002", "ab"));
		bad("empty length", post("Content-Length:", "ab"), 400);
		bad("negative length", post("Content-Length: -1", ""), 400);
		bad("length with a plus sign", post("Content-Length: +2", "ab"), 400);
		bad("hexadecimal length", post("Content-Length: 0x2", "ab"), 400);
		bad("length of letters", post("Content-Length: two", "ab"), 400);
		bad("length with a point", post("Content-Length: 2.0", "ab"), 400);
		bad("length with an underscore", post("Content-Length: 1_0", "ab"), 400);
		bad("length with a space within", post("Content-Length: 1 0", "ab"), 400);
		bad("list of lengths", post("Content-Length: 2, 2", "ab"), 400);
		bad("the same length twice", post("Content-Length: 2\r\nContent-Length: 2", "ab"), 400);
		bad("two lengths", post("Content-Length: 2\r\nContent-Length: 39", "ab"), 400);
		bad("length beyond 64 bits", post("Content-Length: 99999999999999999999", ""), 400);
		bad("length beyond the limit", post("Content-Length: 1048577", ""), 413);
		good("GET with a body", "GET /echo HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nab");
	}

	private void encodings() {
		good("chunked", chunked("2\r\nab\r\n0\r\n\r\n"));
		good("chunked in upper case", post("TRANSFER-ENCODING: CHUNKED", "0\r\n\r\n"));
		bad("length and encoding", post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400);
		bad("encoding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"), 400);
		bad("encoding in HTTP/1.0", "POST /echo HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
				400);
		bad("chunked twice", post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"), 400);
		bad("chunked in two lines", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400);
		bad("chunked not last", post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n"), 400);
		bad("chunked and identity", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", ""), 400);
		bad("gzip alone", post("Transfer-Encoding: gzip", ""), 400);
		bad("gzip and chunked", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), 501);
		bad("identity", post("Transfer-Encoding: identity", ""), 501);
		bad("unknown coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n"), 501);
		bad("coding with a parameter", post("Transfer-Encoding: chunked;a=b", "0\r\n\r\n"), 501);
		bad("quoted coding", post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"), 501);
		bad("empty encoding", post("Transfer-Encoding:", "0\r\n\r\n"), 400);
		bad("empty element", post("Transfer-Encoding: ,chunked", "0\r\n\r\n"), 400);
		bad("vertical tab before the coding", post("Transfer-Encoding: \u000bchunked", "0\r\n\r\n"), 400);
		bad("space before the colon of the encoding", post("Transfer-Encoding : chunked", "0\r\n\r\n"), 400);
		bad("folded encoding", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"), 400);
	}

	private void chunks() {
		good("size with zeros before", chunked("0002\r\nab\r\n0\r\n\r\n"));
		good("size in both cases", chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"));
		good("several zeros at the end", chunked("000\r\n\r\n"));
		good("extension", chunked("2;a=b\r\nab\r\n0;c\r\n\r\n"));
		good("quoted extension", chunked("2;a=\"b;\\\"c\"\r\nab\r\n0\r\n\r\n"));
		good("space before the semicolon", chunked("2 ;a\r\nab\r\n0\r\n\r\n"));
		bad("no size", chunked("\r\nab\r\n0\r\n\r\n"), 400);
		bad("negative size", chunked("-2\r\nab\r\n0\r\n\r\n"), 400);
		bad("size with a plus sign", chunked("+2\r\nab\r\n0\r\n\r\n"), 400);
		bad("size with 0x", chunked("0x2\r\nab\r\n0\r\n\r\n"), 400);
		bad("size of other letters", chunked("g\r\nab\r\n0\r\n\r\n"), 400);
		bad("space before the size", chunked(" 2\r\nab\r\n0\r\n\r\n"), 400);
		bad("space behind the size", chunked("2 \r\nab\r\n0\r\n\r\n"), 400);
		bad("size with an underscore", chunked("1_0\r\nab\r\n0\r\n\r\n"), 400);
		bad("size of 17 digits", chunked("00000000000000002\r\nab\r\n0\r\n\r\n"), 400);
		bad("size beyond 64 bits", chunked("ffffffffffffffff0\r\nab\r\n0\r\n\r\n"), 400);
		bad("size of 64 bits", chunked("ffffffffffffffff\r\nab\r\n0\r\n\r\n"), 413);
		bad("size beyond 32 bits", chunked("100000002\r\nab\r\n0\r\n\r\n"), 413);
		bad("size beyond the limit", chunked("100001\r\n"), 413);
		bad("bare LF behind the size", chunked("2\nab\r\n0\r\n\r\n"), 400);
		bad("bare LF behind the data", chunked("2\r\nab\n0\r\n\r\n"), 400);
		bad("bare CR behind the size", chunked("2\rab\r\n0\r\n\r\n"), 400);
		bad("nothing behind the data", chunked("2\r\nab0\r\n\r\n"), 400);
		bad("more data than said", chunked("2\r\nabc\r\n0\r\n\r\n"), 400);
		bad("extension without a name", chunked("2;\r\nab\r\n0\r\n\r\n"), 400);
		bad("octet beyond ASCII in an extension", chunked("2;a=\"\u00e7b\"\r\nab\r\n0\r\n\r\n"), 400);
		bad("escaped octet beyond ASCII in an extension", chunked("2;a=\"\\\u00e7\"\r\nab\r\n0\r\n\r\n"), 400);
		bad("whitespace behind a value in an extension", chunked("2;a=b ;c\r\nab\r\n0\r\n\r\n"), 400);
		bad("bare LF in an extension", chunked("2;a\nb\r\nab\r\n0\r\n\r\n"), 400);
		bad("bare CR in an extension", chunked("2;a\rb\r\nab\r\n0\r\n\r\n"), 400);
		bad("open quote in an extension", chunked("2;a=\"b\r\nab\r\n0\r\n\r\n"), 400);
		bad("extension of 2 KiB", chunked("2;a=" + "b".repeat(2048) + "\r\nab\r\n0\r\n\r\n"), 400);
		bad("extensions of 20 KiB", chunked(("1;a=" + "b".repeat(500) + "\r\na\r\n").repeat(40) + "0\r\n\r\n"), 400);
	}

	private void trailers() {
		good("trailer", chunked("0\r\nA: b\r\n\r\n"));
		bad("length in the trailer", chunked("0\r\nContent-Length: 5\r\n\r\n"), 400);
		bad("encoding in the trailer", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
		bad("Host in the trailer", chunked("0\r\nHost: b\r\n\r\n"), 400);
		bad("credentials in the trailer", chunked("0\r\nAuthorization: Bearer b\r\n\r\n"), 400);
		bad("type of the content in the trailer", chunked("0\r\ncontent-TYPE: text/html\r\n\r\n"), 400);
		bad("underscore in the name of a length in the trailer", chunked("0\r\nContent_Length: 5\r\n\r\n"), 400);
		bad("folded trailer", chunked("0\r\nA: b\r\n c\r\n\r\n"), 400);
		bad("bare LF behind the trailer", chunked("0\r\nA: b\n\r\n"), 400);
		bad("bare LF at the end of the trailer", chunked("0\r\nA: b\r\n\n"), 400);
		bad("large trailer", chunked("0\r\n" + ("A: " + "b".repeat(7000) + "\r\n").repeat(5) + "\r\n"), 431);
	}

	private void limits() {
		good("request line of 8,192 octets", get("/" + "a".repeat(8192 - 14)));
		bad("request line of 8,193 octets", get("/" + "a".repeat(8192 - 13)), 414);
		bad("endless target", "GET /" + "a".repeat(20_000), 414);
		good("header line of 8,192 octets", header(HOST + "A: " + "b".repeat(8189)));
		bad("header line of 8,193 octets", header(HOST + "A: " + "b".repeat(8190)), 431);
		bad("endless name", "GET / HTTP/1.1\r\n" + "A".repeat(9000), 431);
		bad("endless value", "GET / HTTP/1.1\r\nA: " + "b".repeat(9000), 431);
		good("128 headers", header(HOST + "A: b\r\n".repeat(126) + "A: c"));
		bad("129 headers", header(HOST + "A: b\r\n".repeat(127) + "A: c"), 431);
		bad("headers of 33 KiB", header(HOST + ("A: " + "b".repeat(6597) + "\r\n").repeat(5) + "A: c"), 431);
		good("headers of 32 KiB", header(HOST + ("A: " + "b".repeat(6537) + "\r\n").repeat(5) + "A: c"));
		bad("Host of 600 octets", header("Host: " + "a".repeat(600)), 400);
	}

	private void expectations() {
		bad("unknown expectation", header(HOST + "Expect: a-miracle"), 417);
		bad("two expectations", header(HOST + "Expect: 100-continue, a-miracle"), 417);
		good("the body comes at once", post("Expect: 100-continue\r\nContent-Length: 2", "ab"));
		good("the body's first octet comes at once", post("Expect: 100-continue\r\nContent-Length: 2", "a") + "b");
		good("an expectation without a body", header(HOST + "Expect: 100-continue"));
		good("a body at once that nobody reads",
				"POST /ignore HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab");
		add("nothing behind a body that was not asked for",
				"POST /ignore HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", true,
				200);
		add("an expectation in HTTP/1.0", "POST /echo HTTP/1.0\r\n" + HOST
				+ "Connection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab", false, 200);
		add("not continued", "POST /ignore HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
				true, 200);
		bad("too large to continue", post("Expect: 100-continue\r\nContent-Length: 1048577", ""), 413);
	}

	private void server() {
		add("options of the server", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n", false, 204);
		add("options of the server in absolute form", "OPTIONS http://a HTTP/1.1\r\n" + HOST + "\r\n", false, 204);
		add("options of the server, then a request", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n" + get("/"), false, 204,
				200);
		add("options of the server with a body, then a request",
				"OPTIONS * HTTP/1.1\r\n" + HOST + "Content-Length: " + NEXT.length() + "\r\n\r\n" + NEXT + get("/"),
				false, 204, 200);
		add("options of the server behind another", get("/late") + "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n", false, 200,
				204);
		add("options of the server, closed", "OPTIONS * HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n" + NEXT, true,
				204);
		add("options of the server in HTTP/1.0", "OPTIONS * HTTP/1.0\r\n\r\n" + NEXT, true, 204);
		add("options of the server in HTTP/1.0, kept alive",
				"OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get("/"), false, 204, 200);
	}

	private void pipelines() {
		add("two", get("/") + get("/"), false, 200, 200);
		add("a slow one first", get("/late") + get("/") + get("/late"), false, 200, 200, 200);
		add("the last closes", get("/late") + get("/") + header(HOST + "Connection: close"), true, 200, 200, 200);
		add("nothing behind a close", header(HOST + "Connection: close") + NEXT, true, 200);
		add("a bad one behind two good ones", get("/late") + get("/") + "GET / HTTP/1.1\r\n\r\n" + NEXT, true, 200, 200,
				400);
		add("a body, then a request", post("Content-Length: 2", "ab") + get("/"), false, 200, 200);
		add("an unread body, then a request",
				"POST /ignore HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nab" + get("/"), false, 200, 200);
		add("chunks, then a request", chunked("2\r\nab\r\n0\r\n\r\n") + get("/"), false, 200, 200);
		add("a request in a body stays there", post("Content-Length: " + NEXT.length(), NEXT), false, 200);
		add("a blank line behind a body", post("Content-Length: 2", "ab\r\n") + get("/"), false, 200, 200);
		add("more body than said", post("Content-Length: 2", "ab{}") + NEXT, true, 200, 400);
		add("an upgrade that nobody takes", header(HOST + "Connection: upgrade\r\nUpgrade: chat") + get("/"), false,
				200, 200);
		add("HTTP/2 that nobody offers",
				header(HOST + "Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk")
						+ get("/"),
				false, 200, 200);
	}

	private static String get(String target) {
		return "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n";
	}

	private static String header(String headers) {
		return "GET / HTTP/1.1\r\n" + headers + "\r\n\r\n";
	}

	private static String post(String framing, String body) {
		return "POST /echo HTTP/1.1\r\n" + HOST + framing + "\r\n\r\n" + body;
	}

	private static String chunked(String body) {
		return post("Transfer-Encoding: chunked", body);
	}

	private void good(String name, String request) {
		add(name, request, false, 200);
	}

	private void bad(String name, String request, int status) {
		add(name, request, true, status);
		add(name + ", another behind it", request + NEXT, true, status);
	}

	private void add(String name, String request, boolean closes, Integer... statuses) {
		this.cases.add(new Case(name, request, closes, List.of(statuses)));
	}

	/** What is sent, and what comes back. */
	record Case(String name, String request, boolean closes, List<Integer> statuses) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
