package io.iodine.servlet;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpUpgradeHandler;
import org.apache.catalina.connector.RequestFacade;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The members of Tomcat and Jetty that the take-over uses and that are not the servlet
 * API. A release that changes one of them fails here first, with its name.
 */
class ContainerInternalsTests {

	@Test
	void tomcatUpgradesByAHandlerOfItsOwnKind() throws ReflectiveOperationException {
		assertThat(InternalHttpUpgradeHandler.class).isInterface().isAssignableTo(HttpUpgradeHandler.class);
		assertThat(RequestFacade.class).isAssignableTo(HttpServletRequest.class);
		returns(SocketState.class, InternalHttpUpgradeHandler.class, "upgradeDispatch", SocketEvent.class);
		returns(void.class, InternalHttpUpgradeHandler.class, "setSocketWrapper", SocketWrapperBase.class);
		returns(void.class, InternalHttpUpgradeHandler.class, "setSslSupport", SSLSupport.class);
		returns(void.class, InternalHttpUpgradeHandler.class, "timeoutAsync", long.class);
		returns(void.class, InternalHttpUpgradeHandler.class, "pause");
	}

	/** A further method without a default would fail the take-over at run time. */
	@Test
	void tomcatsHandlerHasNoFurtherMethod() {
		assertThat(InternalHttpUpgradeHandler.class.getMethods())
			.filteredOn((method) -> Modifier.isAbstract(method.getModifiers()))
			.extracting("name")
			.containsExactlyInAnyOrder("init", "destroy", "upgradeDispatch", "timeoutAsync", "setSocketWrapper",
					"setSslSupport", "pause");
	}

	@ParameterizedTest
	@CsvSource({ "SUSPENDED", "CLOSED" })
	void tomcatKnowsTheStatesOfASocket(SocketState state) {
		assertThat(state).isNotNull();
	}

	@ParameterizedTest
	@CsvSource({ "OPEN_READ", "OPEN_WRITE" })
	void tomcatKnowsTheEventsOfASocket(SocketEvent event) {
		assertThat(event).isNotNull();
	}

	@Test
	void tomcatGivesTheSocketOfAPlainConnectionAway() throws ReflectiveOperationException {
		assertThat(SecureNioChannel.class).isAssignableTo(NioChannel.class);
		returns(SocketChannel.class, NioChannel.class, "getIOChannel");
		returns(Object.class, SocketWrapperBase.class, "getSocket");
		returns(SocketBufferHandler.class, SocketWrapperBase.class, "getSocketBufferHandler");
		returns(boolean.class, SocketBufferHandler.class, "isReadBufferEmpty");
	}

	@Test
	void tomcatReadsAndWritesWithoutBlocking() throws ReflectiveOperationException {
		returns(int.class, SocketWrapperBase.class, "read", boolean.class, ByteBuffer.class);
		returns(void.class, SocketWrapperBase.class, "write", boolean.class, ByteBuffer.class);
		returns(boolean.class, SocketWrapperBase.class, "flush", boolean.class);
		returns(void.class, SocketWrapperBase.class, "registerReadInterest");
		returns(void.class, SocketWrapperBase.class, "registerWriteInterest");
		returns(void.class, SocketWrapperBase.class, "close");
		returns(String.class, SocketWrapperBase.class, "getRemoteAddr");
		returns(int.class, SocketWrapperBase.class, "getRemotePort");
	}

	@Test
	void jettyReplacesTheConnectionOfAnEndpoint() throws ReflectiveOperationException {
		assertThat(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE)
			.isEqualTo("org.eclipse.jetty.server.HttpStream.upgradeConnection");
		assertThat(ServletApiRequest.class).isAssignableTo(HttpServletRequest.class);
		assertThat(ServletContextRequest.class).isAssignableTo(Request.class);
		returns(ServletContextRequest.class, ServletContextRequest.class, "getServletContextRequest",
				ServletRequest.class);
		returns(ConnectionMetaData.class, Request.class, "getConnectionMetaData");
		returns(Connection.class, ConnectionMetaData.class, "getConnection");
		returns(Connector.class, ConnectionMetaData.class, "getConnector");
		returns(Executor.class, Connector.class, "getExecutor");
		returns(EndPoint.class, Connection.class, "getEndPoint");
		returns(void.class, Connection.UpgradeTo.class, "onUpgradeTo", ByteBuffer.class);
	}

	@Test
	void jettyWakesANonBlockingConnectionOnItsSelector() throws ReflectiveOperationException {
		assertThat(AbstractConnection.NonBlocking.class.getSuperclass()).isEqualTo(AbstractConnection.class);
		assertThat(AbstractConnection.NonBlocking.class.getConstructor(EndPoint.class, Executor.class)).isNotNull();
		ByteArrayEndPoint endPoint = new ByteArrayEndPoint();
		new NonBlocking(endPoint).fillInterested();
		assertThat(endPoint.getFillInterest().getCallbackInvocationType())
			.isEqualTo(Invocable.InvocationType.NON_BLOCKING);
		returns(void.class, AbstractConnection.class, "fillInterested");
		returns(void.class, AbstractConnection.class, "onFillable");
		assertThat(AbstractConnection.class.getDeclaredMethod("onFillInterestedFailed", Throwable.class).getModifiers()
				& Modifier.PRIVATE)
			.isZero();
		returns(void.class, AbstractConnection.class, "onOpen");
		returns(void.class, AbstractConnection.class, "onClose", Throwable.class);
	}

	@Test
	void jettyReadsAndWritesWithoutBlocking() throws ReflectiveOperationException {
		returns(int.class, EndPoint.class, "fill", ByteBuffer.class);
		returns(boolean.class, EndPoint.class, "flush", ByteBuffer[].class);
		returns(void.class, EndPoint.class, "write", Callback.class, ByteBuffer[].class);
		returns(void.class, EndPoint.class, "setIdleTimeout", long.class);
		returns(void.class, EndPoint.class, "shutdownOutput");
		returns(void.class, EndPoint.class, "close");
		returns(SocketAddress.class, EndPoint.class, "getRemoteSocketAddress");
	}

	private static void returns(Class<?> type, Class<?> owner, String method, Class<?>... parameters)
			throws ReflectiveOperationException {
		Method found = declared(owner, method, parameters);
		assertThat(found.getReturnType()).as(owner.getName() + "." + method).isEqualTo(type);
		assertThat(Modifier.isPrivate(found.getModifiers())).as(found + " is accessible").isFalse();
	}

	private static Method declared(Class<?> owner, String method, Class<?>... parameters) throws NoSuchMethodException {
		try {
			return owner.getMethod(method, parameters);
		}
		catch (NoSuchMethodException ex) {
			return owner.getDeclaredMethod(method, parameters);
		}
	}

	private static final class NonBlocking extends AbstractConnection.NonBlocking {

		NonBlocking(EndPoint endPoint) {
			super(endPoint, Runnable::run);
		}

		@Override
		public void onFillable() {
			// nothing to read
		}

	}

}
