/**
 * Upgrades in Spring MVC: the filter, mapping and return value handlers that answer a
 * request, and the take-over of its socket from Tomcat or Jetty.
 */
@NullMarked
package io.iodine.servlet;

import org.jspecify.annotations.NullMarked;
