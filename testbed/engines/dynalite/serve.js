// dynalite on a free port of this machine, which it tells on its first line, until its standard input ends.
// It keeps its items in the folder that its argument names, or in memory.
const dynalite = require('dynalite')

const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0, path: process.argv[2] })
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => process.exit())
