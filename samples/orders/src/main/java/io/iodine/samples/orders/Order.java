package io.iodine.samples.orders;

/**
 * An order.
 *
 * @param id its number
 * @param customer the name of the user who placed it
 * @param item what is ordered
 * @param quantity how many
 * @param status PLACED or CANCELLED
 */
record Order(long id, String customer, String item, int quantity, String status) {
}
