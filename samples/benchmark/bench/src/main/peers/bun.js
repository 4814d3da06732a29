// Bun: run with PORT
const server = Bun.serve({
	port: Number(process.env.PORT),
	hostname: "127.0.0.1",
	fetch(request, server) {
		const path = new URL(request.url).pathname;
		return server.upgrade(request, { data: path }) ? undefined : new Response("Hello World!");
	},
	websocket: {
		perMessageDeflate: false,
		open(socket) {
			if (socket.data === "/sub") {
				socket.subscribe("benchmark");
			}
		},
		message(socket, message) {
			if (socket.data === "/pub") {
				server.publish("benchmark", message);
			}
			else {
				socket.send(message);
			}
		},
	},
});
