console.log("graph")
