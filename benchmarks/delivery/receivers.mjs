// The other side of the delivery benchmark, on free ports of this machine: receivers over HTTP and HTTPS, and what DynamoDB
// and SQS would answer. It tells its ports on its first line, and ends with its standard input.
//
// AWS is told with a PUT which webhooks there are. The path of a receiver's request is the
// milliseconds that its answer takes; one that ends in /close is the last on its connection.
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { readFileSync } from 'node:fs'

const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path, 'utf8'))
let webhooks = new Map()

const receive = (request, response) => {
  const [, delay, last] = request.url.split('/')
  const answer = () => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2, ...(last ? { connection: 'close' } : {}) })
    response.end('ok')
  }
  request.resume().on('end', () => (delay === '0' ? answer() : setTimeout(answer, Number(delay))))
}

const answers = {
  BatchGetItem: ({ RequestItems }) => {
    const [[table, { Keys }]] = Object.entries(RequestItems)
    const found = Keys.map(({ pk }) => webhooks.get(pk.S)).filter((item) => item !== undefined)
    return { Responses: { [table]: found }, UnprocessedKeys: {} }
  },
  UpdateItem: () => ({}),
  BatchWriteItem: () => ({ UnprocessedItems: {} }),
  SendMessageBatch: ({ Entries }) => ({ Successful: Entries.map(({ Id }) => ({ Id, MessageId: Id })), Failed: [] })
}

const serve = (request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const given = JSON.parse(Buffer.concat(chunks))
    if (request.method === 'PUT') {
      webhooks = new Map(given.map((item) => [item.pk.S, item]))
      return response.end()
    }
    const operation = request.headers['x-amz-target'].split('.')[1]
    const body = JSON.stringify(answers[operation](given))
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
}

const listen = (server) => new Promise((done) => {
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', 1024, () => done(server.address().port))
})

const http = await listen(createServer(receive))
const https = await listen(createTlsServer({ cert, key }, receive))
const aws = await listen(createServer(serve))
console.log(JSON.stringify({ http, https, aws }))
process.stdin.resume().on('end', () => process.exit())
