package io.iodine.servlet;

import java.io.IOException;

import io.iodine.Protocol;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Takes the socket of a request over from a servlet container. */
interface SocketTakeover {

	/**
	 * Whether the container gives the socket of a request away.
	 * @param request the request
	 * @param protocol what the socket will speak
	 * @return false when it keeps the socket, as a stream of HTTP/2
	 */
	boolean supports(HttpServletRequest request, Protocol protocol);

	/**
	 * Sends the head of the response and has the container hand over the socket. The
	 * container does so when all filters have returned.
	 * @param request the request
	 * @param response the response, whose status and headers are set
	 * @param opening gets the socket
	 * @throws IOException when the head can't be sent
	 * @throws ServletException when the container refuses
	 */
	void takeOver(HttpServletRequest request, HttpServletResponse response, ConnectionOpening opening)
			throws IOException, ServletException;

}
