/**
 * Kills the server and starts it again. Pages behind the network miss every change that is made `before` the kill or `after`
 * the start; `meanwhile` the server is down.
 */
export async function crash(server, network, { before, meanwhile, after }) {
  network.stall();
  await before();
  await server.kill();
  network.cut();
  network.flow();
  await meanwhile();
  network.stall();
  await server.start();
  await after();
  network.flow();
}
