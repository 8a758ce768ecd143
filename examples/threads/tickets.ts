// 300 customers and 3 clerks: every customer puts an order into one queue, every clerk takes the next one out. The queue
// has room for 30, so that customers wait when the clerks are behind. After the last order the queue is shut down, and
// the clerks' loops end when it is empty.

import { joinall, Queue, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;
const CUSTOMERS = 300;
const CLERKS = 3;

const orders = new Queue<number>(30);
const sold = new Set<number>();
let longest = 0;

async function order(customer: number): Promise<void> {
  await orders.put(customer);
  longest = Math.max(longest, orders.size);
}

async function serve(clerk: number): Promise<number> {
  let served = 0;
  for await (const customer of orders) {
    await sleep(0.02 * SECOND);
    sold.add(customer);
    served++;
    if (customer % 50 === 0) console.log(`clerk ${clerk} sells a ticket to customer ${customer}`);
  }
  return served;
}

const clerks = Array.from({ length: CLERKS }, (_, index) => spawn(serve, index + 1));
const customers = Array.from({ length: CUSTOMERS }, (_, index) => spawn(order, index + 1));
await joinall(customers);
orders.shutdown();
await joinall(clerks);

console.log(`${sold.size} customers have their ticket, the queue never held more than ${longest}`);
console.log(`sold by each clerk: ${clerks.map((clerk) => clerk.value).join(' + ')}`);
