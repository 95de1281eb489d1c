export { each, keyed, listed, writeOf, type Asked, type Gathering, type GroupTx, type Moment, type Tx, type Write } from './tx.ts'
