// Node's ws: run with PORT
import { WebSocketServer } from "ws";

const subscribers = new Set();
const server = new WebSocketServer({ port: Number(process.env.PORT), host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket, request) => {
	socket.on("error", () => socket.terminate());
	if (request.url === "/sub") {
		subscribers.add(socket);
		socket.on("close", () => subscribers.delete(socket));
	}
	else if (request.url === "/pub") {
		socket.on("message", (data) => subscribers.forEach((each) => each.send(data, { binary: false })));
	}
	else {
		socket.on("message", (data, binary) => socket.send(data, { binary }));
	}
});
