/**
 * Guards HTTP/1.1 and HTTP/2: one strict reading of each request, limits, deadlines, and
 * one answer for each request in order.
 * <p>
 * Netty 4.2 parses strictly too (strict line ends, the transfer codings of RFC 9112, the
 * characters of names and values), and does so behind the guard, as a second line. It
 * can't replace the guard: Reactor Netty passes only sizes and validation on to it; it
 * limits neither a single header line nor the number of lines; it knows no rule for Host,
 * for targets or for fields that a proxy in front may read differently; it answers
 * nothing by itself; and it decodes pipelined requests ahead of the answers before them.
 */
@NullMarked
package io.iodine.edge;

import org.jspecify.annotations.NullMarked;
