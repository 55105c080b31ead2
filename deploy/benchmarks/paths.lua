-- wrk reads a path at random from a file, one path a line: wrk … -s paths.lua URL -- FILE
local requests = {}

function init(arguments)
    for path in io.lines(arguments[1]) do
        requests[#requests + 1] = wrk.format("GET", path)
    end
end

function request()
    return requests[math.random(#requests)]
end
